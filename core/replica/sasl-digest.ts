// replica: the server's side of SASL DIGEST-MD5 (RFC 2831) on one connection, as Java speaks it in ZooKeeper. PURE.
//
//   client                       server
//   empty token           -->    realm="zk-sasl-md5",nonce="...",charset=utf-8,algorithm=md5-sess
//   username=..,response=.. -->  rspauth=...        and the connection is sasl:<user>
//
// One try for each challenge: whatever does not fit ends the connection.

import type { SaslRequest } from '../wire/records.ts'
import { type DigestExchange, digestResponse, FIRST_COUNT, type Md5, parseFields, secretOf, sessionKey } from '../wire/sasl-digest-md5.ts'

/** What ZooKeeper's servers call themselves, whatever their host. */
const REALM = 'zk-sasl-md5'
const SERVICE = 'zookeeper'
const NONCE_BYTES = 24
/** More than any honest response takes. */
const MAX_TOKEN_BYTES = 4096

/** Who may log in, and what the arithmetic needs. */
export interface SaslHost {
  readonly md5: Md5
  entropy(bytes: number): Buffer
  /** `undefined` for a user that does not exist. */
  password(user: string): string | undefined
}

export type SaslStep =
  | { readonly type: 'challenge'; readonly token: Buffer }
  | { readonly type: 'done'; readonly user: string; readonly token: Buffer }
  | { readonly type: 'refused'; readonly why: string }

/** The exchange on one connection. */
export class SaslDigest {
  readonly #host: SaslHost
  /** Of the challenge that waits for its response. */
  #nonce: string | null = null

  constructor(host: SaslHost) {
    this.#host = host
  }

  step({ token }: SaslRequest): SaslStep {
    const nonce = this.#nonce
    this.#nonce = null
    if (token === null || token.length === 0) return this.#challenge()
    if (token.length > MAX_TOKEN_BYTES) return refused('the response is too long')
    if (nonce === null) return refused('a response without a challenge')
    const fields = parseFields(Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString('latin1'))
    return fields === null ? refused('the response is malformed') : this.#check(fields, nonce)
  }

  #challenge(): SaslStep {
    this.#nonce = this.#host.entropy(NONCE_BYTES).toString('base64')
    const token = Buffer.from(`realm="${REALM}",nonce="${this.#nonce}",charset=utf-8,algorithm=md5-sess`, 'latin1')
    return { type: 'challenge', token }
  }

  #check(fields: ReadonlyMap<string, string>, nonce: string): SaslStep {
    const of = (name: string): string => fields.get(name) ?? ''
    // The bytes as they came: whatever charset they are in, the client has hashed what the user's name means in it.
    const user = Buffer.from(of('username'), 'latin1').toString(of('charset') === 'utf-8' ? 'utf8' : 'latin1')
    if (of('nonce') !== nonce) return refused('the nonce is not the one of the challenge')
    if (of('nc') !== FIRST_COUNT) return refused('the nonce was used before')
    if (of('cnonce') === '') return refused('there is no cnonce')
    if (of('realm') !== REALM) return refused('another realm')
    if (of('digest-uri').split('/', 1)[0] !== SERVICE) return refused('another service')
    const qop = fields.get('qop') ?? 'auth'
    if (qop !== 'auth') return refused('another quality of protection')
    const password = this.#host.password(user)
    const { md5 } = this.#host
    const exchange: DigestExchange = { nonce, cnonce: of('cnonce'), qop, uri: of('digest-uri') }
    // Who guesses names learns nothing from the time it takes.
    for (const charset of ['utf8', 'latin1'] as const) {
      const key = sessionKey(md5, secretOf(md5, user, REALM, password ?? '', charset), exchange, fields.get('authzid'))
      const expected = digestResponse(md5, 'AUTHENTICATE', key, exchange)
      if (equalInConstantTime(expected, of('response')) && password !== undefined) {
        return { type: 'done', user, token: Buffer.from(`rspauth=${digestResponse(md5, '', key, exchange)}`, 'latin1') }
      }
    }
    return refused('wrong user or password')
  }
}

function refused(why: string): SaslStep {
  return { type: 'refused', why }
}

function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i) | 0)
  return difference === 0
}
