import type { MachineFiles } from './machine-files.ts'
import type { Namespace } from './namespace.ts'

/** What a Linux host runs besides its console; each line is a command of the host itself. */
export interface LinuxHost {
  readonly kind: 'linux'
  readonly files: MachineFiles
  readonly setup: readonly string[]
  /** An OpenSSH server on its loopback, which a relay leads to. */
  readonly ssh: boolean
}

/** Key generation is quick with ed25519; nothing is asked of PAM, and the daemon stays in its machine. */
export const startOpenSsh = `
ssh-keygen -q -t ed25519 -N '' -f /run/sshd/key
/usr/sbin/sshd -f /dev/null -h /run/sshd/key -o UsePAM=no -o PidFile=none -o ListenAddress=127.0.0.1 -o PermitRootLogin=yes -o PasswordAuthentication=yes
`

/** Addresses, routes and services, in order; login(1) or busybox login waits on the console. */
export async function configureLinuxHost(machine: Namespace, host: LinuxHost): Promise<void> {
  if (host.ssh) await machine.run(startOpenSsh)
  for (const command of host.setup) await machine.run(command)
}

/** The program on the console: a login that comes again after every logout. */
export const loginOnConsole = ['login']
