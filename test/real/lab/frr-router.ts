import { startOpenSsh } from './linux-host.ts'
import type { MachineFiles } from './machine-files.ts'
import type { Namespace } from './namespace.ts'

export interface FrrRouter {
  readonly kind: 'frr'
  readonly files: MachineFiles
  /** Besides zebra and staticd. */
  readonly daemons: readonly ('ospfd' | 'bgpd' | 'isisd')[]
  /** Lines of the shell below vtysh. */
  readonly below?: readonly string[]
  /** frr.conf */
  readonly configuration: string
  /** `login`: an account whose shell is vtysh; `vtysh`: the router's own prompt at once, as in GNS3's FRR appliance. */
  readonly console: 'login' | 'vtysh'
  readonly ssh: boolean
}

/** Every daemon of one router in its own mount namespace: /etc/frr and /run/frr are the machine's, no path space is needed. */
export async function configureFrrRouter(machine: Namespace, router: FrrRouter): Promise<void> {
  await machine.run('sysctl -q -w net.ipv4.ip_forward=1')
  await machine.run('cat > /etc/frr/frr.conf', `hostname ${router.files.hostname}\n${router.configuration}`)
  await machine.run(
    'echo "service integrated-vtysh-config" > /etc/frr/vtysh.conf; chown -R frr:frr /etc/frr; chgrp frrvty /etc/frr/vtysh.conf',
  )
  if (router.ssh) await machine.run(startOpenSsh)
  for (const daemon of ['zebra', 'staticd', ...router.daemons]) await machine.run(`${daemon} -d -A 127.0.0.1 -u frr -g frr`)
  await machine.run('vtysh -b')
  for (const line of router.below ?? []) await machine.run(line)
  // saved as FRR itself writes it
  await machine.run("vtysh -c 'write memory'")
  await machine.run('touch /run/.lab/configured')
}
