import { runAttacks } from './attack.ts'
import { openAttackBench } from './attack-bench.ts'
import { requestAttacks } from './cases/index.ts'

runAttacks(requestAttacks, () => openAttackBench({ proxmox: { limiterState: () => [], resources: async () => [] } }))
