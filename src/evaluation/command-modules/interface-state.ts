import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { interfaceSchema, macSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** What a device shows of one interface; null = not shown. */
export interface PortState {
  /** As the device names it. */
  readonly name: string
  readonly admin: 'up' | 'down' | null
  readonly oper: 'up' | 'down' | null
  /** Bytes. */
  readonly mtu: number | null
  /** Canonical: values.ts. */
  readonly mac: string | null
  readonly speedMbps: number | null
  /** Empty when none is set. */
  readonly description: string | null
}

export interface InterfaceStateFacts {
  /** Null when the device has no such interface. */
  readonly port: PortState | null
  /** Names of the interfaces that it has, where it shows them. */
  readonly others: readonly string[]
}

const upDown = z.enum(['up', 'down'])

/** Parameters that are compared, in the order in which they are told. */
const compared = ['admin', 'oper', 'mtu', 'mac', 'speed', 'description'] as const
export type ComparedField = (typeof compared)[number]

export const interfaceStateParams = z
  .strictObject({
    interface: interfaceSchema,
    /** Switched on or shut down by hand. */
    admin: upDown.optional(),
    oper: upDown.optional(),
    mtu: z.int().min(68).max(65_536).optional(),
    mac: macSchema.optional(),
    /** Mbit/s. */
    speed: z.int().min(1).max(800_000).optional(),
    /** Compared as a whole; blanks at the ends do not count. */
    description: z.string().trim().max(240).optional(),
  })
  .refine((params) => compared.some((field) => params[field] !== undefined), { error: 'exerciseProblems.atLeastOne' })
export type InterfaceStateParams = z.infer<typeof interfaceStateParams>

const shownValue = (port: PortState, field: ComparedField): string | number | null => (field === 'speed' ? port.speedMbps : port[field])

const wrongCodes: Record<ComparedField, string> = {
  admin: 'PORT_ADMIN',
  oper: 'PORT_OPER',
  mtu: 'PORT_MTU',
  mac: 'PORT_MAC',
  speed: 'PORT_SPEED',
  description: 'PORT_DESCRIPTION',
}

function judgeField(port: PortState, field: ComparedField, params: InterfaceStateParams): Judgement | undefined {
  const wanted = params[field]
  if (wanted === undefined) return undefined
  const found = shownValue(port, field)
  const data: ReasonData = { interface: port.name, wanted, found }
  if (found === null) return inconclusive('PORT_NOT_SHOWN', 'exercise', { interface: port.name, field })
  if (typeof found === 'string' ? found.trim() === wanted : found === wanted) return undefined
  return explain(port, field, data)
}

/** Down for a reason that the device itself shows is told with it. */
function explain(port: PortState, field: ComparedField, data: ReasonData): Judgement {
  if (field === 'oper' && data.wanted === 'up' && port.admin === 'down') return fail('PORT_SHUT_DOWN', 'forbidden-state', data)
  if (field === 'description' && data.found === '') return fail('PORT_NO_DESCRIPTION', 'absent', data)
  const isState = field === 'admin' || field === 'oper'
  return fail(wrongCodes[field], isState ? 'forbidden-state' : 'wrong-value', data)
}

function judgeOne({ port, others }: InterfaceStateFacts, params: InterfaceStateParams): Judgement {
  if (port === null) return fail('INTERFACE_ABSENT', 'absent', { interface: params.interface, found: [...others] })
  const judged = compared.flatMap((field) => judgeField(port, field, params) ?? [])
  // what is certainly wrong is told before what could not be seen
  const told = judged.find(({ verdict }) => verdict === 'fail') ?? judged[0]
  return told ?? pass('PORT_RIGHT', { interface: port.name, found: describe(port, params) })
}

const describe = (port: PortState, params: InterfaceStateParams): string[] =>
  compared.flatMap((field) => (params[field] === undefined ? [] : `${field} ${shownValue(port, field) ?? ''}`))

/** State and settings of an interface. The carrier says nothing of the far end: in GNS3 it is up although that device is off. */
export const interfaceState = defineCommandModule<InterfaceStateFacts>()({
  name: 'interface_state',
  layer: 'address',
  params: interfaceStateParams,
  defaultWithinSeconds: 5,
  isNegative: () => false,
  expected: (params) => ({
    code: 'PORT_STATE',
    data: {
      interface: params.interface,
      wanted: compared.flatMap((field) => (params[field] === undefined ? [] : `${field} ${params[field]}`)),
    },
  }),
  judge: (rounds, params) => judgeOne(lastRound(rounds), params),
})
