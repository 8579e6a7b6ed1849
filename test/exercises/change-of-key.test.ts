import { expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { createSecretBox } from '../../src/lib/secret-box.ts'
import { openBench } from '../support/given.ts'

it('after a change of SECRET_KEY every secret of an exercise is sealed anew, and the old key opens none', () => {
  const oldKey = 'o'.repeat(48)
  const { services, given, db } = openBench({ environment: { SECRET_KEY_PREVIOUS: oldKey } })
  const { id: exerciseId } = given.exercise({ courseId: given.course().id })
  const old = createSecretBox(oldKey)
  const row = { exerciseId, name: 'SRV', ciphertext: old.seal('cisco', `${exerciseId}/SRV`), createdAt: '2026-09-01T08:00:00.000Z' }
  db.query.insert(tables.exerciseSecrets).values(row).run()
  services.exercises.sealSecretsAnew()
  const sealed = db.query.select().from(tables.exerciseSecrets).get()?.ciphertext ?? ''
  expect(() => old.open(sealed, `${exerciseId}/SRV`)).toThrow()
  // the key that the bench's services have
  expect(createSecretBox('k'.repeat(48)).open(sealed, `${exerciseId}/SRV`)).toBe('cisco')
})
