import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import type { IntegrityFinding } from '../integrity.ts'
import { samePort } from '../target.ts'
import { fail, inconclusive, type Judgement, pass } from '../verdict.ts'

/** One end of a cable, in GNS3's words. */
export interface CableEnd {
  readonly device: string
  /** Null where GNS3 names no port. */
  readonly port: string | null
}

export interface Cable {
  readonly ends: readonly [CableEnd, CableEnd]
  readonly suspended: boolean
}

export interface TopologyFacts {
  readonly devices: readonly string[]
  readonly cables: readonly Cable[]
  /** What differs from the lab that was handed out; null where none was recorded. */
  readonly changes: readonly IntegrityFinding[] | null
}

const cablePattern = /^([A-Za-z][\w.-]{0,63}?)(?::([A-Za-z][\w./-]{0,31}?))?--([A-Za-z][\w.-]{0,63}?)(?::([A-Za-z][\w./-]{0,31}))?$/

/** `R1--SW1` or `R1:Gi0/0--SW1:Ethernet1`. */
const cableSchema = z.string().regex(cablePattern, { error: 'exerciseProblems.cable' })

export const topologyParams = z.strictObject({
  /** As it was handed out: no device and no cable added, removed or moved. True when nothing else is asked for. */
  untouched: z.boolean().optional(),
  /** Cables that must be there and not suspended. */
  links: z.array(cableSchema).max(64).default([]),
  /** Cables that must not be there. */
  noLinks: z.array(cableSchema).max(64).default([]),
})
export type TopologyParams = z.infer<typeof topologyParams>

interface WantedCable {
  readonly text: string
  readonly ends: readonly [CableEnd, CableEnd]
}

function readCable(text: string): WantedCable {
  const [, a = '', portA, b = '', portB] = cablePattern.exec(text) ?? []
  return {
    text,
    ends: [
      { device: a, port: portA ?? null },
      { device: b, port: portB ?? null },
    ],
  }
}

const endFits = (wanted: CableEnd, { device, port }: CableEnd): boolean =>
  wanted.device === device && (wanted.port === null || (port !== null && samePort(wanted.port, port)))

function cableFits({ ends: [a, b] }: WantedCable, { ends: [one, other] }: Cable): boolean {
  return (endFits(a, one) && endFits(b, other)) || (endFits(a, other) && endFits(b, one))
}

const showEnd = ({ device, port }: CableEnd): string => (port === null ? device : `${device}:${port}`)
const showCable = ({ ends }: Cable): string => ends.map(showEnd).join('--')

const isUntouchedAsked = ({ untouched, links, noLinks }: TopologyParams): boolean => untouched ?? links.length + noLinks.length === 0

function judgeUntouched({ changes }: TopologyFacts): Judgement {
  if (changes === null) return inconclusive('TOPOLOGY_NOT_RECORDED', 'exercise')
  const [first] = changes
  if (first === undefined) return pass('TOPOLOGY_UNTOUCHED')
  return fail('TOPOLOGY_CHANGED', 'forbidden-state', { ...first.data, change: `integrity.${first.code}`, count: changes.length })
}

/** The cables that end at either device, for a student who plugged in the wrong port. */
const near = ({ cables }: TopologyFacts, { ends }: WantedCable): string[] =>
  cables.filter((cable) => cable.ends.some(({ device }) => ends.some((end) => end.device === device))).map(showCable)

function judgeCables(facts: TopologyFacts, params: TopologyParams): Judgement | undefined {
  for (const wanted of params.links.map(readCable)) {
    const gone = wanted.ends.find(({ device }) => !facts.devices.includes(device))
    if (gone !== undefined) return fail('TOPOLOGY_DEVICE_ABSENT', 'absent', { missing: gone.device })
    const found = facts.cables.find((cable) => cableFits(wanted, cable))
    if (found === undefined) return fail('TOPOLOGY_LINK_ABSENT', 'absent', { link: wanted.text, found: near(facts, wanted) })
    if (found.suspended) return fail('TOPOLOGY_LINK_SUSPENDED', 'forbidden-state', { link: showCable(found) })
  }
  for (const unwanted of params.noLinks.map(readCable)) {
    const found = facts.cables.find((cable) => cableFits(unwanted, cable))
    if (found !== undefined) return fail('TOPOLOGY_LINK_FORBIDDEN', 'forbidden-state', { link: showCable(found) })
  }
  return undefined
}

function judge(facts: TopologyFacts, params: TopologyParams): Judgement {
  const cables = judgeCables(facts, params)
  if (cables !== undefined) return cables
  return isUntouchedAsked(params) ? judgeUntouched(facts) : pass('TOPOLOGY_LINKS_FIT', { links: params.links, absent: params.noLinks })
}

/** Devices and cables as GNS3 has them: no device is asked, so nothing that a student types can change the answer. */
export const topology = defineCommandModule<TopologyFacts>()({
  name: 'topology',
  layer: 'device',
  needsDevice: false,
  params: topologyParams,
  defaultWithinSeconds: 0,
  isNegative: () => false,
  expected: (params) => {
    if (isUntouchedAsked(params) && params.links.length === 0) return { code: 'TOPOLOGY_UNTOUCHED', data: {} }
    if (params.links.length === 0) return { code: 'TOPOLOGY_NO_LINKS', data: { links: params.noLinks } }
    return { code: 'TOPOLOGY_LINKS', data: { links: params.links } }
  },
  judge: (rounds, params) => judge(lastRound(rounds), params),
})
