import type { CheckWords } from './words.ts'

export const process = {
  form: {
    name: 'Process',
    sentence: 'On {device}, {name} is {state}',
    fields: { name: 'Name of the program', state: 'Expected', user: 'Runs as' },
    choices: { state: { running: 'running', absent: 'not running' } },
  },
  reasons: {
    PROCESS_RUNNING: { why: 'The program {name} runs on {device}.', found: 'process {pids}' },
    PROCESS_ABSENT: { why: 'The program {name} does not run on {device}.', found: 'no process of that name' },
    PROCESS_OTHER_USER: { why: 'The program {name} runs on {device}, but as another account than {user}.', found: 'runs as {users}' },
    PROCESS_GONE: { why: 'The program {name} does not run on {device}, as it must be.', found: 'no process of that name' },
    PROCESS_FORBIDDEN: { why: 'The program {name} runs on {device}, though it must not.', found: 'process {pids}' },
  },
  expected: {
    PROCESS_STATE_RUNNING: '{name} runs on {device}',
    PROCESS_STATE_USER: '{name} runs on {device} as {user}',
    PROCESS_STATE_ABSENT: '{name} does not run on {device}',
  },
} as const satisfies CheckWords
