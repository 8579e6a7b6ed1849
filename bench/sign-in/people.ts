/** Enough that nobody of them is throttled, however quick the machine is. */
export const students = 600
export const signInPassword = 'four unrelated words'
export const nameOf = (index: number): string => `student${String(index).padStart(4, '0')}`

/** The class as entries of a directory, below an organisational unit. */
export const ldifOf = (suffix: string): string =>
  [
    `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n`,
    `dn: ou=people,${suffix}\nobjectClass: organizationalUnit\nou: people\n`,
    ...Array.from({ length: students }, (_, index) => {
      const name = nameOf(index)
      return `dn: uid=${name},ou=people,${suffix}\nobjectClass: inetOrgPerson\nuid: ${name}\ncn: ${name}\nsn: ${name}\nuserPassword: ${signInPassword}\n`
    }),
  ].join('\n')
