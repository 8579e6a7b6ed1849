import { AppError } from '../../errors.ts'
import { type SentenceValue, say } from '../../lib/sentence.ts'

/** What is wrong with the other side, as the catalogue names it. */
type Fault = 'notVnc' | 'tooLarge' | 'security' | 'password' | 'refused' | 'unasked' | 'closed'

/** The other side does not speak RFB as it should. */
export const vncFault = (fault: Fault, values: Record<string, SentenceValue> = {}): AppError =>
  new AppError('SCREEN_UNREADABLE', { details: { reason: say(`details.screen.${fault}`, values) } })
