// wire: the texts of SASL DIGEST-MD5 (RFC 2831) that client and server exchange in op 102, and the arithmetic that both do. PURE.
//
//   client                       server
//   empty token           -->    realm="zk-sasl-md5",nonce="...",charset=utf-8,algorithm=md5-sess
//   username=..,response=.. -->  rspauth=...

/** MD5, from the host. */
export type Md5 = (bytes: Buffer) => Buffer

/** What a response is calculated from, besides who it is. */
export interface DigestExchange {
  readonly nonce: string
  readonly cnonce: string
  readonly qop: string
  readonly uri: string
}

/** The one nonce count there is: each nonce is used once. */
export const FIRST_COUNT = '00000001'

/** `name=value, name="quoted \" value", ...`; `null` if it is anything else or names something twice. */
export function parseFields(text: string): Map<string, string> | null {
  const fields = new Map<string, string>()
  const field = /\s*([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(,|$)/gy
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null) return null
    const [, name = '', quoted, plain = ''] = match
    if (fields.has(name)) return null
    fields.set(name, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'))
  }
  return fields
}

/** H(user:realm:password). */
export function secretOf(md5: Md5, user: string, realm: string, password: string, charset: 'utf8' | 'latin1'): Buffer {
  return md5(Buffer.from(`${user}:${realm}:${password}`, charset))
}

/** H(A1) of md5-sess, in hex. */
export function sessionKey(md5: Md5, secret: Buffer, { nonce, cnonce }: DigestExchange, authzid?: string): string {
  const rest = `:${nonce}:${cnonce}${authzid === undefined ? '' : `:${authzid}`}`
  return md5(Buffer.concat([secret, Buffer.from(rest, 'latin1')])).toString('hex')
}

/** The response of the client (`AUTHENTICATE`), and of the server (no method), in hex. */
export function digestResponse(md5: Md5, method: 'AUTHENTICATE' | '', key: string, { nonce, cnonce, qop, uri }: DigestExchange): string {
  const a2 = md5(Buffer.from(`${method}:${uri}`, 'latin1')).toString('hex')
  return md5(Buffer.from(`${key}:${nonce}:${FIRST_COUNT}:${cnonce}:${qop}:${a2}`, 'latin1')).toString('hex')
}
