import { type Config, reportSettings, type SettingReport } from '../config.ts'
import { sentenceText, type Translate } from '../strings/index.ts'
import type { ConfigurationPage, SettingRow } from './configuration.views.ts'

/** Settings by what they are about, in the order of the page; the first pattern that fits takes it. */
const groups = [
  ['signIn', /^(?:AUTH_|LDAP_)/],
  ['proxmox', /^PROXMOX_/],
  ['labs', /^(?:GNS3_|LAB_)/],
  ['evaluation', /^(?:EVALUATION_|COMMAND_)/],
  ['operation', /^(?:METRICS_|ALERT_|BIN_|RETENTION_|AUTO_|SANDBOX|LOG_)/],
  ['server', /./],
] as const

const groupOf = (name: string) => groups.find(([, pattern]) => pattern.test(name))?.[0] ?? 'server'

const settingRow = ({ name, state, isSecret, value, problem }: SettingReport, t: Translate): SettingRow => ({
  name,
  state,
  isSecret,
  value,
  explanation: t(`settings.${name}`),
  problem: problem === null ? null : sentenceText(problem, t),
})

/** The settings of the running server, explained. */
export function configurationPage(config: Config, t: Translate): ConfigurationPage {
  const reports = reportSettings(config)
  return {
    groups: [...groups]
      .sort(([one], [other]) => Number(other === 'server') - Number(one === 'server'))
      .map(([id]) => ({
        id,
        settings: reports.filter(({ name }) => groupOf(name) === id).map((report) => settingRow(report, t)),
      })),
    problems: reports.filter(({ problem }) => problem !== null).length,
  }
}
