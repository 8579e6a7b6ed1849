/** What a device prints anew each time although nothing was configured. */
const volatileLines = [
  /^Building configuration/,
  /^(?:Current|Using) .*\b(?:configuration|bytes)\b/,
  /^! (?:Last configuration change|NVRAM config last updated|No configuration change)/,
  /^!(?:Time|Running configuration last done at|Startup config saved at):/,
  /^## Last (?:commit|changed)/,
  /^ntp clock-period /,
  // where GNS3 put a VPCS this time, and what is left of its lease
  /^(?:LPORT|RHOST:PORT|DHCP LEASE)\s*:/,
]
/** @param line without the blanks around it */
export const isVolatile = (line: string): boolean => volatileLines.some((pattern) => pattern.test(line))
