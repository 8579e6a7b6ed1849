import type { Platforms } from '../clients/console/index.ts'
import type { Secrets } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import { createTranslator, hasMessage } from '../strings/index.ts'
import type { CaptureTask } from './capture-options.ts'
import type { CommandIo } from './command-io.ts'
import type { OpenedLab } from './evaluate-lab.ts'

const t = createTranslator()

/** A lab that is open, and what is needed to ask it. */
export interface Capture {
  readonly lab: OpenedLab
  readonly platforms: Platforms
  readonly secrets: Secrets
  readonly redact: (text: string) => string
  readonly io: CommandIo
}

export type Task<Kind extends CaptureTask['kind']> = CaptureTask & { readonly kind: Kind }

/** What a reason code says was found. */
export const wordsOf = (code: string, device: string): string =>
  hasMessage(`reasons.${code}.found`) ? t(`reasons.${code}.found`, { device }) : code

/** Where a fixture's bytes come from. */
export const sourceOf = ({ source }: { readonly source: string | undefined }, { project }: OpenedLab): string =>
  source ??
  t('commands.capture.source', {
    project: project ?? t('commands.capture.inventory'),
    date: new Date(systemClock.now()).toISOString().slice(0, 10),
  })

export const report = (io: CommandIo, files: readonly string[]): void => {
  for (const file of files) io.stdout.write(`${t('commands.capture.written', { file })}\n`)
}
