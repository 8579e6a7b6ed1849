import type { AddressBook } from './address-book.ts'
import { isInNetwork } from './addresses.ts'
import { fail, type Judgement, type ReasonData } from './verdict.ts'

/** Failures behind which a wrong mask may stand: the device finds no way, or takes the wrong one for a neighbour or a remote host. */
const maskable = new Set([
  'PING_NO_GATEWAY',
  'PING_NO_ROUTE',
  'PING_GATEWAY_OUTSIDE',
  'PING_GATEWAY_SILENT',
  'PING_NEIGHBOUR_SILENT',
  'PING_LOST',
])

/** An address with the length of its mask. */
interface Numbered {
  readonly address: string
  readonly prefixLength: number
}

const asCidr = ({ address, prefixLength }: Numbered): string => `${address}/${prefixLength}`

/**
 * A failed ping whose target (or gateway) has, by its own device's mask, the asking device in its network, while the asking device's
 * own mask leaves it outside; or the other way round. Only what both devices show is compared, so nothing is guessed; whose mask is the
 * wrong one, the sentence does not say.
 */
export function blameMask(judgement: Judgement, device: string, book: Pick<AddressBook, 'networksOf' | 'networkOf'>): Judgement {
  const { reason } = judgement
  if (judgement.verdict !== 'fail' || !maskable.has(reason.code)) return judgement
  for (const key of ['to', 'gateway'] as const) {
    const other = reason.data[key]
    const network = typeof other === 'string' ? book.networkOf(other) : undefined
    if (network === undefined || network.device === device) continue
    const numbered = book.networksOf(device)
    // a second address, a /32 of its own perhaps, is not to blame where another one of the device fits
    if (numbered.some((own) => seeEachOther(own, network))) continue
    for (const own of numbered) {
      const found = compareMasks(own, network)
      if (found !== undefined) return found(reason.data)
    }
  }
  return judgement
}

type Found = (data: ReasonData) => Judgement

const seeEachOther = (one: Numbered, other: Numbered): boolean =>
  isInNetwork(other.address, one.address, one.prefixLength) && isInNetwork(one.address, other.address, other.prefixLength)

function compareMasks(own: Numbered, other: Numbered & { readonly device: string }): Found | undefined {
  const seesOther = isInNetwork(other.address, own.address, own.prefixLength)
  const isSeen = isInNetwork(own.address, other.address, other.prefixLength)
  if (seesOther === isSeen) return undefined
  const code = seesOther ? 'PING_MASK_TOO_WIDE' : 'PING_MASK_TOO_NARROW'
  return (data) =>
    fail(code, 'wrong-value', {
      ...data,
      length: own.prefixLength,
      outside: other.address,
      own: asCidr(own),
      other: asCidr(other),
      holder: other.device,
    })
}

/** A regrade has the answers of one criterion alone: the mask that was found then, from what others showed, is still the cause. */
export function keepMaskCause(judgement: Judgement, previous: Judgement): Judgement {
  const wasMask = previous.verdict === 'fail' && previous.reason.code.startsWith('PING_MASK_')
  const isSame = judgement.verdict === 'fail' && maskable.has(judgement.reason.code) && judgement.reason.data.to === previous.reason.data.to
  return wasMask && isSame ? previous : judgement
}
