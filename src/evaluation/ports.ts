import { samePort } from './target.ts'

/**
 * The port that a criterion names: `Gi0/1` is GigabitEthernet0/1. Junos keeps addresses on unit 0 of a port (`ge-0/0/0.0`), which
 * people leave out.
 */
export const findPort = <Port extends { readonly name: string | null }>(ports: readonly Port[], wanted: string): Port | undefined =>
  ports.find(({ name }) => name !== null && samePort(name, wanted)) ??
  ports.find(({ name }) => name !== null && samePort(name, `${wanted}.0`))

/** Names of ports for a sentence: not more than a person reads. */
export const namesOf = (ports: readonly { readonly name: string | null }[]): string[] => {
  const names = ports.flatMap(({ name }) => name ?? [])
  return names.length > 12 ? [...names.slice(0, 12), '…'] : names
}
