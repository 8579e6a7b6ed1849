import { createLdapDirectory, type LdapDirectory } from '../clients/ldap/index.ts'
import type { Config } from '../config.ts'
import type { ServerLog } from '../log.ts'

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
const isOpenToListeners = (config: Config) => (url: string) =>
  url.startsWith('ldap:') && !config.LDAP_STARTTLS && !loopback.includes(new URL(url).hostname)

/** The directory that AUTH_MODE names; null with local accounts. @throws AppError CONFIG_INVALID */
export function connectDirectory(config: Config, { log }: ServerLog): LdapDirectory | null {
  if (config.AUTH_MODE === 'local') return null
  const directoryLog = log.child({ module: 'ldap' })
  const open = config.LDAP_URL.filter(isOpenToListeners(config))
  if (open.length > 0) directoryLog.warn({ urls: open }, 'passwords go to the directory unencrypted: use ldaps:// or LDAP_STARTTLS=true')
  return createLdapDirectory({
    urls: config.LDAP_URL,
    startTls: config.LDAP_STARTTLS,
    ...(config.LDAP_CA_FILE === undefined ? {} : { caFile: config.LDAP_CA_FILE }),
    ...(config.LDAP_BIND_DN === undefined ? {} : { service: { dn: config.LDAP_BIND_DN, password: config.LDAP_BIND_PASSWORD ?? '' } }),
    baseDn: config.LDAP_BASE_DN ?? '',
    userFilter: config.LDAP_USER_FILTER,
    attributes: {
      login: config.LDAP_LOGIN_ATTRIBUTE,
      id: config.LDAP_ID_ATTRIBUTE,
      name: config.LDAP_NAME_ATTRIBUTE,
      mail: config.LDAP_MAIL_ATTRIBUTE,
      studentNumber: config.LDAP_STUDENT_NUMBER_ATTRIBUTE,
    },
    groupStyle: config.LDAP_GROUP_STYLE,
    groups: {
      ...(config.LDAP_ALLOWED_GROUP_DN === undefined ? {} : { allowed: config.LDAP_ALLOWED_GROUP_DN }),
      ...(config.LDAP_ADMIN_GROUP_DN === undefined ? {} : { admin: config.LDAP_ADMIN_GROUP_DN }),
      ...(config.LDAP_TEACHER_GROUP_DN === undefined ? {} : { teacher: config.LDAP_TEACHER_GROUP_DN }),
      ...(config.LDAP_ASSISTANT_GROUP_DN === undefined ? {} : { assistant: config.LDAP_ASSISTANT_GROUP_DN }),
    },
    timeoutMs: config.LDAP_TIMEOUT_MS,
    log: directoryLog,
  })
}
