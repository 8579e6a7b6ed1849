/** What stands for a password, key or community that was taken out. */
const removed = '[removed]'

/**
 * Passwords, keys and communities as devices print them, clear, obfuscated or hashed. Each pattern keeps what stands before the secret,
 * so that a line still says that there is one. Patterns after the command references of IOS, NX-OS, EOS, Junos and FRR; crypt(3) hashes.
 */
const patterns: readonly RegExp[] = [
  // enable secret 9 $9$...; username x privilege 15 password 7 0822...; password cisco; key 7 ...; secret sha512 ...
  /^(.*\b(?:password|secret|passphrase|key-string|md5-key|authentication-key)(?: level \d+)?(?: (?:[0-9]|sha512|md5|nt-encrypted))? +)(?!\[secret )\S+/gim,
  /^(\s*(?:snmp-server|set snmp) community +)\S+/gim,
  /^(.*\b(?:tacacs-server|radius-server)\b.* key(?: [067])? +)\S+/gim,
  /^(.*\bip ospf (?:message-digest-key \d+ md5|authentication-key)(?: [07])? +)\S+/gim,
  /^(.*\bneighbor \S+ password(?: [07])? +)\S+/gim,
  /^(\s*(?:standby|vrrp) \d+ authentication(?: md5 key-string)?(?: [07])? +)(?!md5\b)\S+/gim,
  /^(.*\bcrypto isakmp key(?: [06])? +)\S+/gim,
  // Junos, in blocks and as set commands
  /(\b(?:encrypted-password|plain-text-password-value|pre-shared-key ascii-text|authentication-key|simple-password) +)"?[^\s";]+"?/gim,
  // crypt(3): /etc/shadow, and what configurations quote of it
  /()\$(?:1|2[aby]|5|6|8|9|14|y)\$[./A-Za-z0-9$]{8,}/g,
]

/** Text of a device without the secrets that its configuration shows. The same text twice is the same: two states stay comparable. */
export const redactConfiguration = (text: string): string =>
  patterns.reduce((done, pattern) => done.replace(pattern, (_whole, before: string) => `${before}${removed}`), text)

/**
 * Redacts what devices show, and every given value wherever it stands as a word.
 * @param values passwords of an inventory or an address; short ones are left: they would cut words to pieces
 */
export function createTextRedactor(values: readonly string[]): (text: string) => string {
  const long = [...new Set(values)].filter((value) => value.length >= minValueLength).sort((one, other) => other.length - one.length)
  return (text) => redactConfiguration(long.reduce((done, value) => done.replaceAll(value, removed), text))
}

const minValueLength = 6
