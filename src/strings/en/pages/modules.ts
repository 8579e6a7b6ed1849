/**
 * What can be checked, in words: `sentence` names every parameter that is asked for in the sentence itself, `fields` labels each
 * parameter, `choices` words its values. A parameter that the sentence leaves out is shown after it.
 */
export const modules = {
  ping: {
    name: 'Ping',
    sentence: '{device} pings {to} {count} times, and it {expect} with at most {maxDrop} lost',
    fields: {
      to: 'Address, or device and port',
      count: 'Number of pings',
      maxDrop: 'Lost at most',
      expect: 'Expected',
      control: 'Must answer meanwhile',
      size: 'Size in bytes',
      source: 'Leaving from',
      df: 'Fragments',
      warmup: 'Repeats for a slow start',
    },
    choices: { expect: { success: 'succeeds', failure: 'fails' }, df: { false: 'allowed', true: 'forbidden' } },
  },
  traceroute: {
    name: 'Traceroute',
    sentence: 'The way from {device} to {to} leads over {via} and not over {notVia} within {maxHops} hops; the target is {reach}',
    fields: {
      to: 'Address, or device and port',
      via: 'Hops in this order',
      notVia: 'Hops that must not be on the way',
      maxHops: 'Hops at most',
      reach: 'Target',
    },
    choices: { reach: { true: 'reached', false: 'not reached' } },
  },
}
