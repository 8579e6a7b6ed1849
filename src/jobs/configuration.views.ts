export interface SettingRow {
  readonly name: string
  readonly state: 'given' | 'default' | 'none'
  readonly isSecret: boolean
  /** Masked; null for a secret and where there is none. */
  readonly value: string | null
  readonly explanation: string
  readonly problem: string | null
}

/** `/admin/configuration` → `jobs/configuration.njk` */
export interface ConfigurationPage {
  readonly groups: readonly { readonly id: string; readonly settings: readonly SettingRow[] }[]
  /** How many settings would be refused at the next start. */
  readonly problems: number
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'jobs/configuration.njk': ConfigurationPage
  }
}
