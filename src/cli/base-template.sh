#!/bin/sh
# Turns a plain Debian or Ubuntu server VM into a base template for NetPraxis: GNS3 as a service, guest agent, cloud-init, VPCS,
# Dynamips, QEMU. Printed by `netpraxis template-script`; run it as root inside the VM, then shut the VM down and convert it.
# It holds no secret: GNS3's password comes from the environment or is made here, and is shown once at the end.
set -eu

: "${GNS3_VERSION:=2.2}"              # 2.2 or 3, or a full version such as 2.2.54
: "${GNS3_USERNAME:=netpraxis}"       # 3: the server's first administrator is always this one
: "${GNS3_PASSWORD:=}"                # empty: made here
: "${IOU_LICENSE_FILE:=}"             # an iourc file that you are entitled to use; empty: none
: "${WITH_DOCKER:=no}"                # yes: Docker for docker nodes
: "${KEEP_IDENTITY:=no}"              # yes: leave machine id and host keys (only to run this again later)

say() { printf '%s\n' "$*"; }
fail() { say "template-script: $*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail 'run it as root'
command -v apt-get >/dev/null || fail 'this is for Debian and Ubuntu'
case $GNS3_VERSION in
  2.2) requirement='gns3-server>=2.2.50,<2.3' ;;
  3) requirement='gns3-server>=3.0,<4' ;;
  2.2.* | 3.*) requirement="gns3-server==$GNS3_VERSION" ;;
  *) fail "GNS3_VERSION=$GNS3_VERSION is neither 2.2 nor 3" ;;
esac
if [ -z "$GNS3_PASSWORD" ]; then
  GNS3_PASSWORD=$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
  made_password=yes
else
  made_password=no
fi
case $GNS3_USERNAME$GNS3_PASSWORD in
  *[!A-Za-z0-9._-]*) fail 'user name and password may hold letters, digits, dot, underscore and minus only' ;;
esac

export DEBIAN_FRONTEND=noninteractive
say '== packages'
apt-get update
apt-get install -y --no-install-recommends ca-certificates git qemu-guest-agent cloud-init python3-venv python3-dev \
  build-essential cmake libpcap-dev libelf-dev libcap2-bin qemu-system-x86 qemu-utils busybox-static iproute2 openssh-server
[ "$WITH_DOCKER" = no ] || apt-get install -y --no-install-recommends docker.io

# Debian and Ubuntu do not ship all of them: what is missing is built from GNS3's sources.
build_dir=$(mktemp -d)
trap 'rm -rf "$build_dir"' EXIT
from_package() { apt-get install -y --no-install-recommends "$1" >/dev/null 2>&1; }
from_source() { git clone --depth 1 "https://github.com/GNS3/$1.git" "$build_dir/$1"; }
say '== VPCS, Dynamips, uBridge'
if ! command -v vpcs >/dev/null && ! from_package vpcs; then
  from_source vpcs
  (cd "$build_dir/vpcs/src" && sh ./mk.sh && install -m 755 vpcs /usr/local/bin/vpcs)
fi
if ! command -v dynamips >/dev/null && ! from_package dynamips; then
  from_source dynamips
  cmake -S "$build_dir/dynamips" -B "$build_dir/dynamips/build" -DDYNAMIPS_CODE=stable
  cmake --build "$build_dir/dynamips/build"
  cmake --install "$build_dir/dynamips/build"
fi
if ! command -v ubridge >/dev/null && ! from_package ubridge; then
  from_source ubridge
  make -C "$build_dir/ubridge"
  install -m 755 "$build_dir/ubridge/ubridge" /usr/local/bin/ubridge
fi
setcap cap_net_admin,cap_net_raw=ep "$(command -v ubridge)"

say "== $requirement"
id gns3 >/dev/null 2>&1 || useradd --system --create-home --home-dir /opt/gns3 --shell /usr/sbin/nologin gns3
for group in kvm docker; do
  getent group "$group" >/dev/null && usermod -aG "$group" gns3
done
[ -x /opt/gns3/venv/bin/python ] || python3 -m venv /opt/gns3/venv
/opt/gns3/venv/bin/pip install --quiet "$requirement"
for folder in images projects configs appliances; do
  install -d -o gns3 -g gns3 -m 750 "/opt/gns3/$folder"
done

# 0.0.0.0 and allow_remote_console: consoles are opened by the NetPraxis server, never by this VM alone. Who may reach them is the
# firewall's to say: VPCS listens on every address whatever is set here.
install -d -m 755 /etc/gns3
umask 077
cat >/etc/gns3/gns3_server.conf <<EOF
[Server]
host = 0.0.0.0
port = 3080
allow_remote_console = True
console_start_port_range = 5000
console_end_port_range = 10000
images_path = /opt/gns3/images
projects_path = /opt/gns3/projects
configs_path = /opt/gns3/configs
appliances_path = /opt/gns3/appliances
report_errors = False
auth = True
user = $GNS3_USERNAME
password = $GNS3_PASSWORD

[Controller]
default_admin_username = $GNS3_USERNAME
default_admin_password = $GNS3_PASSWORD

[Qemu]
enable_hardware_acceleration = True
require_hardware_acceleration = False
EOF
if [ -n "$IOU_LICENSE_FILE" ]; then
  install -o gns3 -g gns3 -m 600 "$IOU_LICENSE_FILE" /opt/gns3/iourc
  printf '\n[IOU]\niourc_path = /opt/gns3/iourc\nlicense_check = True\n' >>/etc/gns3/gns3_server.conf
fi
chown gns3:gns3 /etc/gns3/gns3_server.conf
umask 022

# The option that writes a process id file is left out on purpose: with it, GNS3 kills every vpcs, ubridge and dynamips at its start.
cat >/etc/systemd/system/gns3.service <<'EOF'
[Unit]
Description=GNS3 server
Wants=network-online.target
After=network-online.target

[Service]
User=gns3
Group=gns3
Environment=HOME=/opt/gns3
WorkingDirectory=/opt/gns3
ExecStart=/opt/gns3/venv/bin/gns3server --config /etc/gns3/gns3_server.conf
Restart=on-failure
RestartSec=5
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
EOF

# Host keys are removed below; every clone makes its own at its first start, with or without cloud-init.
cat >/etc/systemd/system/netpraxis-host-keys.service <<'EOF'
[Unit]
Description=SSH host keys of this machine
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable gns3.service netpraxis-host-keys.service
systemctl enable --now qemu-guest-agent.service 2>/dev/null || say 'the guest agent starts when the VM has the option "QEMU Guest Agent"'
systemctl restart gns3.service

say '== does it answer?'
left=60
until /opt/gns3/venv/bin/python - <<'EOF' 2>/dev/null
import socket
socket.create_connection(("127.0.0.1", 3080), 1).close()
EOF
do
  left=$((left - 1))
  [ "$left" -gt 0 ] || fail 'GNS3 does not answer on port 3080: journalctl -u gns3'
  sleep 1
done
if grep -Eq '(vmx|svm)' /proc/cpuinfo && [ -e /dev/kvm ]; then
  say 'nested KVM: yes'
else
  say 'nested KVM: NO. QEMU devices will be very slow; set the CPU type of the VM to "host" and nested=1 on the Proxmox node.'
fi

if [ "$KEEP_IDENTITY" = no ]; then
  say '== a machine without identity'
  systemctl stop gns3.service
  find /opt/gns3/projects -mindepth 1 -delete
  cloud-init clean --logs 2>/dev/null || cloud-init clean
  rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
  rm -f /var/lib/dhcp/*.leases /var/lib/systemd/random-seed /root/.bash_history
  rm -f /var/lib/dbus/machine-id
  : >/etc/machine-id
  ln -sf /etc/machine-id /var/lib/dbus/machine-id
  apt-get clean
fi

say ''
say 'Done. Now: copy the images that your projects name below /opt/gns3/images (owner gns3), shut the VM down, convert it to a template,'
say 'put its number into PROXMOX_BASE_TEMPLATES, and ask: netpraxis doctor --template NUMBER'
say "GNS3_USERNAME=$GNS3_USERNAME"
[ "$made_password" = no ] || say "GNS3_PASSWORD=$GNS3_PASSWORD"
