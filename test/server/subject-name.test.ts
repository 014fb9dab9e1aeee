import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { subjectName } from '../../core/server/subject-name.ts'

interface Subject {
  /** What X500Principal.getName() of OpenJDK 17 said. */
  readonly java: string
  readonly certificate: string
}

const SUBJECTS = JSON.parse(readFileSync(new URL('./fixtures/subjects.json', import.meta.url), 'utf8')) as Subject[]

describe('the subject of a certificate', () => {
  it.each(SUBJECTS)('is written as Java writes it: $java', ({ java, certificate }) => {
    expect(subjectName(new X509Certificate(certificate).raw)).toBe(java)
  })

  it('is not made up for bytes that are no certificate', () => {
    const whole = new X509Certificate(SUBJECTS[0]?.certificate ?? '').raw
    expect(() => subjectName(Buffer.alloc(0))).toThrow(RangeError)
    expect(() => subjectName(Buffer.from('30820fff', 'hex'))).toThrow(RangeError)
    for (let length = 0; length < whole.length; length += 7) expect(() => subjectName(whole.subarray(0, length))).toThrow(RangeError)
  })
})
