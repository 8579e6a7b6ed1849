import type { process as original } from '../../en/checks/process.ts'
import type { Translated } from '../../translated.ts'

export const process: Translated<typeof original> = {
  form: {
    name: 'Processo',
    sentence: 'Em {device}, {name} {state}',
    fields: { name: 'Nome do programa', state: 'Esperado', user: 'Corre como' },
    choices: { state: { running: 'está a correr', absent: 'não está a correr' } },
  },
  reasons: {
    PROCESS_RUNNING: { why: 'O programa {name} corre em {device}.', found: 'processo {pids}' },
    PROCESS_ABSENT: { why: 'O programa {name} não corre em {device}.', found: 'nenhum processo com esse nome' },
    PROCESS_OTHER_USER: { why: 'O programa {name} corre em {device}, mas com outra conta que não {user}.', found: 'corre como {users}' },
    PROCESS_GONE: { why: 'O programa {name} não corre em {device}, como deve ser.', found: 'nenhum processo com esse nome' },
    PROCESS_FORBIDDEN: { why: 'O programa {name} corre em {device}, e não devia.', found: 'processo {pids}' },
  },
  expected: {
    PROCESS_STATE_RUNNING: '{name} corre em {device}',
    PROCESS_STATE_USER: '{name} corre em {device} como {user}',
    PROCESS_STATE_ABSENT: '{name} não corre em {device}',
  },
}
