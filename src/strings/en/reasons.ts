import type { Message } from '../index.ts'
import { expectedOfChecks, reasonsOfChecks } from './checks/index.ts'
import type { ReasonSentences } from './checks/words.ts'

/** Why a criterion of any kind got its verdict, by reason code; a kind's own stand with its words (checks/). `{device}` is the device that was asked. */
const common = {
  // any kind
  DEVICE_STOPPED: { why: '{device} is switched off, so nothing on it can work.', found: '{device} is off' },
  DEVICE_STOPPED_NEGATIVE: { why: '{off} is switched off, so it says nothing that this does not get through.', found: '{off} is off' },
  DEVICE_MISSING: { why: 'The lab has no device named {device} any more.', found: 'no {device} in the lab' },
  DEVICE_WITHOUT_CONSOLE: { why: '{device} has no console that could be asked.', found: 'no console' },
  CONSOLE_GRAPHICAL: {
    why: '{device} has a graphical console ({console}) only. It can be asked by an auxiliary telnet console (GNS3 3.x) or by SSH (`connect`), and has neither.',
    found: 'a graphical console',
  },
  CONNECT_UNSUPPORTED: { why: 'The exercise asks for a way to {device} that cannot be taken here.', found: 'not asked' },
  REQUIREMENT_NOT_MET: { why: 'Not checked, because "{title}" did not pass.', found: 'not checked' },
  NOT_SELECTED: { why: 'Not checked, because it was not asked for.', found: 'not checked' },
  BUDGET_SPENT: { why: 'The time for this evaluation ran out before {device} could be asked.', found: 'not asked in time' },
  EVIDENCE_FULL: {
    why: 'The devices have printed more than is kept of one evaluation, so {device} was not asked any more.',
    found: 'too much output',
  },
  CANCELLED: { why: 'The evaluation was stopped before this was decided.', found: 'not finished' },
  NOT_A_GNS3_SWITCH: {
    why: '{device} is not a switch of GNS3, so GNS3 cannot say how its ports are set.',
    found: 'a device of the type {type}',
  },
  LAB_STATE_ABSENT: { why: 'There is no GNS3 here that could show devices and cables.', found: 'no GNS3' },
  LAB_STATE_UNREADABLE: { why: 'GNS3 did not say which devices run.', found: 'no state of the lab' },
  LAB_CHANGED: {
    why: 'The answer was right, but devices or cables are not those that were handed out, so a teacher decides.',
    found: 'a changed lab',
  },
  ANSWERS_OVERRIDDEN: {
    why: 'The answer was right, but {device} is set so that it may answer our commands with anything ("{line}"), so a teacher decides.',
    found: 'answers of {device} that prove nothing',
  },
  INTERNAL_ERROR: { why: 'Something went wrong on our side while {device} was asked.', found: 'no result' },
  NOT_IN_EVIDENCE: {
    why: 'The stored evidence does not answer this: "{command}" was not asked of {device} then.',
    found: 'not asked then',
  },
  PLATFORM_UNSUPPORTED: { why: 'A device of the platform {platform} cannot be asked this.', found: 'not asked' },
  COMMAND_REFUSED: { why: '{device} did not accept the command "{command}".', found: '{answer}' },
  COMMAND_NOT_PERMITTED: {
    why: 'The account that {device} is asked with may not use "{command}".',
    found: '{answer}',
  },
  ANSWER_TIMEOUT: { why: '{device} did not finish its answer to "{command}" in time.', found: 'no end within {seconds} s' },
  ANSWER_UNREADABLE: {
    why: '{device} answered "{command}" with something that cannot be understood.',
    found: 'an answer that cannot be read',
  },
  REGEX_TOO_SLOW: {
    why: 'A pattern of the exercise took too long on the answer of {device}, so a teacher decides.',
    found: 'no result in time for {pattern}',
  },
  TARGET_WITHOUT_ADDRESS: { why: '{target} has no address yet, so nothing can be sent to it.', found: '{target} has no address' },
  FRR_SESSION_OLD: {
    why: 'The vtysh on the console of {device} has no connection to {daemon}, so it cannot show what {daemon} does. Leave vtysh and start it again.',
    found: 'a vtysh without {daemon}',
  },
  SOURCE_UNSETTLED: {
    why: '{device} had no address when it was asked, so what came back to it says nothing.',
    found: 'an answer without an address',
  },
  // consoles
  CONSOLE_UNREACHABLE: { why: 'The console of {device} could not be reached.', found: 'no connection' },
  CONSOLE_TIMEOUT: { why: 'The console of {device} did not answer in time.', found: 'no answer' },
  CONSOLE_CLOSED: { why: 'The console of {device} closed in the middle of an answer.', found: 'connection closed' },
  CONSOLE_SILENT: { why: 'The console of {device} says nothing.', found: 'silence' },
  CONSOLE_LOGIN_REFUSED: { why: '{device} refused the login of the evaluation.', found: 'login refused' },
  CONSOLE_CREDENTIALS_MISSING: { why: '{device} asks for a password that the exercise does not give.', found: 'a password is asked for' },
  CONSOLE_FLOODED: { why: 'The console of {device} is flooded with output, so its answer could not be read.', found: 'endless output' },
  CONSOLE_BLOCKED: { why: 'The console of {device} is held by something that could not be ended.', found: 'console blocked' },
  CONSOLE_DISTURBED: {
    why: 'Somebody else typed on the console of {device} while it was asked, so its answer cannot be believed.',
    found: 'typed by somebody else: {typed}',
  },
  CONSOLE_HOST_KEY: { why: 'The SSH host key of {device} is not the one it had before.', found: 'another host key' },
} as const satisfies Record<string, ReasonSentences>

/** For students, of a criterion that does not tell what it expects: no more than the class of the failure. */
const concealed = {
  pass: 'This is as it must be.',
  absent: 'Something that is asked for is missing.',
  'wrong-value': 'A value is not the one that is asked for.',
  unreachable: 'Something that is asked for cannot be reached.',
  'not-saved': 'It works now, but it is not saved.',
  'forbidden-state': 'Something is there, or gets through, that must not.',
  'too-late': 'It is right now, but it took too long.',
  'device-off': 'A device that is needed is switched off.',
  inconclusive: 'This could not be decided.',
  skipped: 'This was not checked.',
} as const satisfies Record<string, Message>

/** What differs from the recorded lab. */
const integrity = {
  DEVICE_REMOVED: '{device} was removed',
  DEVICE_ADDED: '{device} was added',
  DEVICE_RENAMED: '{device} was renamed to {name}',
  DEVICE_REPLACED: '{device} was replaced by another device of the same name',
  DEVICE_TYPE_CHANGED: '{device} is now of the type {type} instead of {recorded}',
  LINK_REMOVED: 'the cable between {a} and {b} was removed',
  LINK_ADDED: 'a cable between {a} and {b} was added',
  LINK_SUSPENDED: 'the cable between {a} and {b} is suspended',
  ANSWERS_OVERRIDDEN: '{device} is set so that it may answer our commands with anything: "{line}"',
  PROJECT_REPLACED: 'this is another project than the one that was handed out',
} as const satisfies Record<string, Message>

/** Lines of progress while an evaluation runs. */
const progress = {
  started: 'checking: {title}',
  asked: 'asking {device}: {command}',
  askedUntil: 'asking {device}: {command} ({seconds} s left)',
  pass: 'passed: {title}',
  fail: 'failed: {title}',
  inconclusive: 'not decided: {title}',
  skipped: 'skipped: {title}',
} as const satisfies Record<string, Message>

export const reasons = {
  ...common,
  ...reasonsOfChecks,
  expected: expectedOfChecks,
  concealed,
  integrity,
  progress,
  namedAddress: '{device} ({address})',
}
