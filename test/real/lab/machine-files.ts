import type { Namespace } from './namespace.ts'

/** An account of a machine; `admin` ones may use vtysh. */
export interface Account {
  readonly username: string
  readonly password: string
  readonly shell: string
}

export interface MachineFiles {
  readonly hostname: string
  readonly accounts: readonly Account[]
  /** Everything the programs of the machine are is busybox. */
  readonly busybox: boolean
}

/**
 * Gives a machine its own /etc, /run, /tmp, homes and logs, so that nothing of the host is touched: what its root, its daemons and its
 * students write is in memory and gone with it. The rest of the file system is read-only.
 */
export async function writeMachineFiles(machine: Namespace, files: MachineFiles): Promise<void> {
  await machine.run(`${ownFolders}\n${accountLines(files)}\n${names(files)}\n${files.busybox ? busyboxWorld : ''}\n${loopback}`)
}

const ownFolders = `
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/.etc /run/frr /run/sshd /run/lock /run/.lab
chown frr:frr /run/frr
cp -a /etc/. /run/.etc/
mount --bind /run/.etc /etc
for folder in /root /home /srv /var/log /var/tmp /var/lib/dhcp /var/lib/misc; do
  [ -d "$folder" ] && mount -t tmpfs -o mode=755 own "$folder"
done
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=1777 shm /dev/shm
cp /usr/bin/script /run/.lab/script
mount -o remount,bind,ro / || true
`

const loopback = 'ip link set lo up'

const names = ({ hostname }: MachineFiles): string => `
hostname ${hostname}
echo ${hostname} > /etc/hostname
printf '127.0.0.1 localhost\\n127.0.1.1 ${hostname}\\n' > /etc/hosts
printf '%s \\\\n \\\\l\\n\\n' 'Lab machine' > /etc/issue
: > /etc/motd
rm -f /etc/resolv.conf; : > /etc/resolv.conf
rm -rf /etc/frr /etc/profile.d/*; mkdir -p /etc/frr
printf 'auth required pam_unix.so\\naccount required pam_unix.so\\nsession required pam_unix.so\\n' > /etc/pam.d/login
sed -i 's/^LOGIN_TIMEOUT.*/LOGIN_TIMEOUT 0/' /etc/login.defs
`

/** System accounts of the host stay (frr, sshd, nobody); people are the machine's own. */
const accountLines = ({ accounts }: MachineFiles): string => `
awk -F: '$3 < 1000 && $1 != "root" || $1 == "nobody"' /etc/passwd > /run/.passwd
awk -F: '{ print $1 ":*:19000:0:99999:7:::" }' /run/.passwd > /run/.shadow
${accounts.map(accountLine).join('\n')}
cat /run/.passwd > /etc/passwd
cat /run/.shadow > /etc/shadow
sed -i 's/^\\(frrvty:.*:\\)\\(.*\\)$/\\1\\2,${accounts.map(({ username }) => username).join(',')}/; s/:,/:/' /etc/group
rm -f /run/.passwd /run/.shadow
`

function accountLine({ username, password, shell }: Account, index: number): string {
  const id = username === 'root' ? 0 : 1_000 + index
  const home = username === 'root' ? '/root' : `/home/${username}`
  return `
echo '${username}:x:${id}:${id}::${home}:${shell}' >> /run/.passwd
echo "${username}:$(busybox mkpasswd -m sha512 '${password}'):19000:0:99999:7:::" >> /run/.shadow
${id === 0 ? '' : `echo '${username}:x:${id}:' >> /etc/group`}
mkdir -p ${home} && chown ${id}:${id} ${home}`
}

/** Only busybox under /usr/bin and /usr/sbin, as on a small appliance: its login knows no PAM, its ping and traceroute are setuid as Alpine's. */
const busyboxWorld = `
mkdir -p /run/.lab/bin /run/.lab/sbin
cp "$(command -v busybox)" /run/.lab/bin/busybox
chmod 4755 /run/.lab/bin/busybox
/run/.lab/bin/busybox --list | while read -r applet; do [ "$applet" = busybox ] || ln -s busybox "/run/.lab/bin/$applet"; done
ln -s ../bin/busybox /run/.lab/sbin/ip
mount --bind /run/.lab/sbin /usr/sbin
mount --bind /run/.lab/bin /usr/bin
`
