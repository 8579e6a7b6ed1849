import type { Message } from '../index.ts'

/** One plain sentence each. `why` is the finding in the student's words, `found` what was seen, as short as it can be. */
export interface ReasonSentences {
  readonly why: Message
  readonly found: Message
}

/** Why a criterion got its verdict, by reason code. `{device}` is the device that was asked. */
export const reasonSentences = {
  // any kind
  DEVICE_STOPPED: { why: '{device} is switched off, so nothing on it can work.', found: '{device} is off' },
  DEVICE_STOPPED_NEGATIVE: { why: '{off} is switched off, so it says nothing that this does not get through.', found: '{off} is off' },
  DEVICE_MISSING: { why: 'The lab has no device named {device} any more.', found: 'no {device} in the lab' },
  DEVICE_WITHOUT_CONSOLE: { why: '{device} has no console that could be asked.', found: 'no console' },
  CONNECT_UNSUPPORTED: { why: 'The exercise asks for a way to {device} that cannot be taken here.', found: 'not asked' },
  REQUIREMENT_NOT_MET: { why: 'Not checked, because "{title}" did not pass.', found: 'not checked' },
  NOT_SELECTED: { why: 'Not checked, because it was not asked for.', found: 'not checked' },
  BUDGET_SPENT: { why: 'The time for this evaluation ran out before {device} could be asked.', found: 'not asked in time' },
  CANCELLED: { why: 'The evaluation was stopped before this was decided.', found: 'not finished' },
  LAB_STATE_UNREADABLE: { why: 'GNS3 did not say which devices run.', found: 'no state of the lab' },
  LAB_CHANGED: {
    why: 'The answer was right, but devices or cables are not those that were handed out, so a teacher decides.',
    found: 'a changed lab',
  },
  INTERNAL_ERROR: { why: 'Something went wrong on our side while {device} was asked.', found: 'no result' },
  NOT_IN_EVIDENCE: {
    why: 'The stored evidence does not answer this: "{command}" was not asked of {device} then.',
    found: 'not asked then',
  },
  PLATFORM_UNSUPPORTED: { why: 'A device of the platform {platform} cannot be asked this.', found: 'not asked' },
  COMMAND_REFUSED: { why: '{device} did not accept the command "{command}".', found: '{answer}' },
  ANSWER_TIMEOUT: { why: '{device} did not finish its answer to "{command}" in time.', found: 'no end within {seconds} s' },
  ANSWER_UNREADABLE: {
    why: '{device} answered "{command}" with something that cannot be understood.',
    found: 'an answer that cannot be read',
  },
  TARGET_WITHOUT_ADDRESS: { why: '{target} has no address yet, so nothing can be sent to it.', found: '{target} has no address' },
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
  CONSOLE_HOST_KEY: { why: 'The SSH host key of {device} is not the one it had before.', found: 'another host key' },
  // ping
  PING_REPLIED: { why: '{device} reaches {to}.', found: '{received} of {sent} probes answered' },
  PING_PARTIAL: {
    why: '{device} reaches {to} only now and then: too many probes are lost.',
    found: '{received} of {sent} probes answered',
  },
  PING_LOST: { why: '{device} sent probes to {to}, but nothing came back.', found: 'no reply to {sent} probes' },
  PING_NO_ADDRESS: { why: '{device} has no address, so it cannot reach {to}.', found: 'no address on {device}' },
  PING_INTERFACES_DOWN: { why: 'Every interface of {device} that has an address is down.', found: 'down: {addresses}' },
  PING_NO_GATEWAY: {
    why: '{device} has no gateway, and {to} is not in its own network.',
    found: '{device} has the address {addresses} and no gateway',
  },
  PING_NO_ROUTE: { why: '{device} has no route to {to}.', found: 'no route to {to} on {device}' },
  PING_NEIGHBOUR_SILENT: {
    why: '{device} takes {to} for a neighbour in its own network, but no device there answers to that address.',
    found: '{to} does not answer ARP; the address of {device} is {addresses}',
  },
  PING_GATEWAY_SILENT: { why: 'The gateway {gateway} of {device} does not answer.', found: '{gateway} does not answer ARP' },
  PING_GATEWAY_OUTSIDE: {
    why: 'The gateway {gateway} of {device} does not lie in the network of {device}.',
    found: 'gateway {gateway}, address {addresses}',
  },
  PING_NET_UNREACHABLE: { why: '{from} has no route for the packets from {device} to {to}.', found: '{from} says: network unreachable' },
  PING_HOST_UNREACHABLE: { why: '{from} gets no answer from {to} in its own network.', found: '{from} says: host unreachable' },
  PING_PORT_UNREACHABLE: { why: '{from} refused the packets from {device} to {to}.', found: '{from} says: port unreachable' },
  PING_UNREACHABLE: { why: 'A router on the way from {device} to {to} says that it cannot deliver.', found: 'unreachable' },
  PING_FILTERED: { why: '{from} filters the packets from {device} to {to}.', found: '{from} says: administratively prohibited' },
  PING_TTL_EXCEEDED: {
    why: 'Packets from {device} to {to} go round in circles; {from} gave up on them.',
    found: '{from} says: time to live exceeded',
  },
  PING_TOO_BIG: {
    why: 'Packets of this size do not pass {from} on the way from {device} to {to}.',
    found: '{from} says: fragmentation needed',
  },
  PING_OWN_ADDRESS: { why: '{to} is an address of {device} itself, so a reply proves nothing.', found: '{device} has {to} itself' },
  PING_REACHED: { why: '{device} reaches {to}, though it must not.', found: '{received} of {sent} probes answered' },
  PING_SILENT: { why: '{device} does not reach {to}, as it must be.', found: 'no reply to {sent} probes' },
  PING_CONTROL_SILENT: {
    why: '{device} does not reach {control} either, so its silence towards {to} proves nothing.',
    found: 'no reply from {control}',
  },
  PING_UNREADABLE: { why: 'The ping on {device} printed something that cannot be understood.', found: 'an answer that cannot be read' },
  SHOW_IP_UNREADABLE: { why: '{device} showed its address in a form that cannot be understood.', found: 'an answer that cannot be read' },
  SHOW_INTERFACES_UNREADABLE: {
    why: '{device} showed its interfaces in a form that cannot be understood.',
    found: 'an answer that cannot be read',
  },
  // traceroute
  TRACE_REACHED: { why: 'Packets from {device} arrive at {to}.', found: '{path}' },
  TRACE_NO_ADDRESS: { why: '{device} has no address, so nothing from it can arrive at {to}.', found: 'no address on {device}' },
  TRACE_OWN_ADDRESS: { why: '{to} is an address of {device} itself, so the way proves nothing.', found: '{device} has {to} itself' },
  TRACE_SILENT: { why: 'No router on the way from {device} to {to} answers.', found: 'no hop answered' },
  TRACE_STOPPED: { why: 'Packets from {device} to {to} come as far as {last} and no further.', found: '{path}' },
  TRACE_HOP_MISSING: { why: 'Packets from {device} to {to} do not pass {via}.', found: '{path}' },
  TRACE_FORBIDDEN_HOP: { why: 'Packets from {device} to {to} pass {via}, though they must not.', found: '{path}' },
  TRACE_SILENT_HOP: { why: 'A router on the way from {device} to {to} does not answer, so the way cannot be told.', found: '{path}' },
  TRACE_ARRIVED: { why: 'Packets from {device} arrive at {to}, though they must not.', found: '{path}' },
  TRACE_NOT_ARRIVED: { why: 'Packets from {device} do not arrive at {to}, as it must be.', found: '{path}' },
  TRACE_UNREADABLE: { why: 'The trace on {device} printed something that cannot be understood.', found: 'an answer that cannot be read' },
} as const satisfies Record<string, ReasonSentences>

/** What a criterion asks for, by the code that its module gives. */
const expected = {
  PING_SUCCESS: '{device} gets at least {least} of {count} replies from {to}',
  PING_FAILURE: '{device} gets no reply from {to}',
  TRACE_REACHED: 'packets from {device} arrive at {to}',
  TRACE_VIA: 'packets from {device} arrive at {to} by way of {via}',
  TRACE_NOT_VIA: 'packets from {device} arrive at {to} without passing {via}',
  TRACE_UNREACHED: 'packets from {device} do not arrive at {to}',
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

export const reasons = { ...reasonSentences, expected, integrity, progress, namedAddress: '{device} ({address})' }
