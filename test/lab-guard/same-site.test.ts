import { expect, it } from 'vitest'
import { isSameSite } from '../../src/lab-guard/index.ts'

it.each([
  ['lab-{id}.labs.example.org', 'https://netpraxis.example.org', true],
  ['lab-{id}.example.org', 'https://example.org', true],
  ['lab-{id}.netpraxis.example.org', 'https://netpraxis.example.org:8443', true],
  ['lab-{id}.labs-example.org', 'https://netpraxis.example.org', false],
  ['LAB-{id}.Labs.Example.ORG', 'https://netpraxis.example.org', true],
  ['lab-{id}.uni.pt', 'https://netpraxis.uni.pt', true],
  ['lab-{id}.labs-uni.ac.uk', 'https://netpraxis.uni.ac.uk', false],
  ['lab-{id}.labs.uni.ac.uk', 'https://netpraxis.uni.ac.uk', true],
  ['lab-{id}.labs.example.org', 'https://10.0.0.5', false],
])('labs at %s and us at %s are one site: %s', (pattern, publicUrl, expected) => {
  expect(isSameSite(pattern, publicUrl)).toBe(expected)
})
