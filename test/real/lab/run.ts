import { writeInventory } from './inventory.ts'
import { startLab } from './lab.ts'
import { access } from './topology.ts'

/**
 * `npx tsx test/real/lab/run.ts`: starts the lab, prints how its devices are reached, and waits for Ctrl-C (or the end of its input, when
 * that is not a terminal). Needs root and the programs that test/real/lab/README.md lists.
 */
const before = Date.now()
const lab = await startLab()
const folder = writeInventory(lab)
console.log(`the lab is up after ${Date.now() - before} ms\n`)
for (const [name, { telnetPort, sshPort, machine }] of lab.devices) {
  const way = access[name]
  const login = way?.account ? `${way.account.username} / ${way.account.password}` : 'no login'
  const ssh = sshPort === null ? '' : `  ssh 127.0.0.1:${sshPort}`
  console.log(
    `${name.padEnd(4)} ${(way?.platform ?? '').padEnd(5)}  telnet 127.0.0.1:${telnetPort}${ssh.padEnd(22)}  ${login.padEnd(24)}  nsenter -t ${machine.pid} -n -m -p -u`,
  )
}
console.log(`\ninventory: ${folder}\n  ./netpraxis evaluate exercise.yaml --inventory ${folder}\nCtrl-C ends the lab`)

let isEnding = false
const end = async () => {
  if (isEnding) return
  isEnding = true
  await lab.stop()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end())
