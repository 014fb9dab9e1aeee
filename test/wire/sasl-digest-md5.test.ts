import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digestResponse, parseFields, secretOf, sessionKey } from '../../core/wire/sasl-digest-md5.ts'

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest()

describe('DIGEST-MD5', () => {
  it('calculates what the example of RFC 2831 says (section 4)', () => {
    const exchange = { nonce: 'OA6MG9tEQGm2hh', cnonce: 'OA6MHXh6VqTrRk', qop: 'auth', uri: 'imap/elwood.innosoft.com' }
    const key = sessionKey(md5, secretOf(md5, 'chris', 'elwood.innosoft.com', 'secret', 'latin1'), exchange)
    expect(digestResponse(md5, 'AUTHENTICATE', key, exchange)).toBe('d388dad90d4bbd760a152321f2143af7')
    expect(digestResponse(md5, '', key, exchange)).toBe('ea40f60335c427b5527b84dbabcdfffd')
  })

  it.each([
    ['', []],
    ['a=b', [['a', 'b']]],
    ['a="b,c" , d=e', [['a', 'b,c'], ['d', 'e']]], // biome-ignore format: a table
    ['a="say \\"hi\\" \\\\"', [['a', 'say "hi" \\']]],
  ])('reads the fields of %s', (text, fields) => {
    expect([...(parseFields(text) ?? [])]).toEqual(fields)
  })

  it.each(['a', 'a=', 'a="b', 'a=b c=d', 'a=b,a=c', '=b'])('refuses %s', (text) => {
    expect(parseFields(text)).toBeNull()
  })
})
