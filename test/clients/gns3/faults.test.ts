import { describe, expect, it } from 'vitest'
import { answerFault, reasonOf, shorten } from '../../../src/clients/gns3/faults.ts'

const body = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

describe('what an error answer says', () => {
  it.each([
    ['2.2', { message: "Project ID x doesn't exist", status: 404 }, "Project ID x doesn't exist"],
    ['3.x', { message: 'Not authenticated' }, 'Not authenticated'],
    ['3.x routing', { detail: 'Method Not Allowed' }, 'Method Not Allowed'],
    ['2.2 routing', '404: Not Found', '404: Not Found'],
    ['an empty body', '', ''],
    ['JSON that is no error', [1], '[1]'],
    ['a body over several lines', 'a\r\n\tb\x1b[2J c', 'a b [2J c'],
  ])('of %s', (_of, answer, reason) => {
    expect(reasonOf(body(answer))).toBe(reason)
  })

  it('is cut to 300 characters', () => {
    expect(shorten('x'.repeat(5_000))).toHaveLength(300)
  })

  it('keeps of a traceback what came before it, else its last line', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "/usr/lib/x.py", line 1\n    secret()\nNotImplementedError: That compression method is not supported\n'
    expect(shorten(traceback)).toBe('NotImplementedError: That compression method is not supported')
    expect(shorten(`Internal error\n${traceback}`)).toBe('Internal error')
  })
})

describe('the fault of an error answer', () => {
  it.each([
    [400, 'Invalid JSON', 'GNS3_REFUSED'],
    [401, '', 'GNS3_AUTH'],
    [403, 'The project is not opened', 'GNS3_CONFLICT'],
    [403, 'Permission denied (privilege Project.Audit is required)', 'GNS3_REFUSED'],
    [404, 'x', 'GNS3_NOT_FOUND'],
    [408, 'x', 'GNS3_TIMEOUT'],
    [409, 'Project is closing, please try again in a few seconds...', 'GNS3_CONFLICT'],
    [409, 'The image c3725.image is missing', 'GNS3_IMAGE_MISSING'],
    [409, "The image 'c3725.image' is missing", 'GNS3_IMAGE_MISSING'],
    [409, 'IOS image "c3725.image" is not accessible', 'GNS3_IMAGE_MISSING'],
    [409, "hda disk image '/x/alpine.qcow2' is not accessible", 'GNS3_IMAGE_MISSING'],
    [409, "initrd file 'initrd.gz' is not accessible", 'GNS3_IMAGE_MISSING'],
    [409, "IOU image 'l3.bin' is not accessible", 'GNS3_IMAGE_MISSING'],
    [409, "VPCS program 'vpcs' is not accessible", 'GNS3_CONFLICT'],
    [
      409,
      'This project was created with more recent version of GNS3 (file revision: 10). Please upgrade GNS3 to version 3.0.6 or later',
      'GNS3_PROJECT_TOO_NEW',
    ],
    [422, 'x', 'GNS3_REFUSED'],
    [500, 'x', 'GNS3_UNEXPECTED_ANSWER'],
    [502, 'x', 'GNS3_UNREACHABLE'],
    [503, 'x', 'GNS3_UNREACHABLE'],
    [302, 'x', 'GNS3_UNEXPECTED_ANSWER'],
  ])('%i %s is %s', (status, message, code) => {
    const fault = answerFault(status, body({ message }), 'GET /x')
    expect(fault.code).toBe(code)
    expect(fault.details).toMatchObject({ call: 'GET /x', status })
  })
})
