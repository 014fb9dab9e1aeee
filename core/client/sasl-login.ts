// client: logs in with SASL DIGEST-MD5 (RFC 2831) on one connection, as ZooKeeper's Java client does: before anything else is sent.
//
//   empty token -> challenge -> response -> rspauth, by which the server proves that it knows the password, too

import { createHash, randomBytes } from 'node:crypto'
import { type DigestExchange, digestResponse, FIRST_COUNT, parseFields, secretOf, sessionKey } from '../wire/sasl-digest-md5.ts'
import type { SaslCredentials } from './types.ts'

/** What ZooKeeper's servers call themselves, whatever their host. */
const URI = 'zookeeper/zk-sasl-md5'
const CNONCE_BYTES = 24
const QOP = 'auth'

export type SaslAnswer =
  | { readonly type: 'send'; readonly token: Buffer }
  | { readonly type: 'done' }
  /** The server speaks something else, or is not whom it claims to be. */
  | { readonly type: 'failed'; readonly why: string }

export class SaslLogin {
  readonly #credentials: SaslCredentials
  readonly #cnonce: string
  /** What the server must answer; `null` before the response was sent. */
  #expected: string | null = null

  /** `cnonce`: for tests that compare with a known exchange. */
  constructor(credentials: SaslCredentials, cnonce: string = randomBytes(CNONCE_BYTES).toString('base64')) {
    this.#credentials = credentials
    this.#cnonce = cnonce
  }

  /** The mechanism has no first word of the client's. */
  first(): Buffer {
    return Buffer.alloc(0)
  }

  /** The server has answered with `token`. */
  step(token: Buffer | null): SaslAnswer {
    const fields = parseFields((token ?? Buffer.alloc(0)).toString('latin1'))
    if (fields === null) return { type: 'failed', why: 'the token of the server is malformed' }
    if (this.#expected !== null) return this.#verify(fields.get('rspauth'))
    return this.#respond(fields)
  }

  #respond(challenge: ReadonlyMap<string, string>): SaslAnswer {
    const nonce = challenge.get('nonce')
    if (nonce === undefined) return { type: 'failed', why: 'the server sent no challenge of DIGEST-MD5: SASL may not be set up there' }
    const qops = challenge.get('qop')
    if (qops !== undefined && !qops.split(',').some((qop) => qop.trim() === QOP))
      return { type: 'failed', why: `the server wants qop ${qops}` }
    const { user, password } = this.#credentials
    const realm = challenge.get('realm') ?? ''
    // What ISO 8859-1 can say is hashed in it, whatever the charset of the names (RFC 2831, 2.1.2.1).
    const charset = isLatin1(user) && isLatin1(password) ? 'latin1' : 'utf8'
    const exchange: DigestExchange = { nonce, cnonce: this.#cnonce, qop: QOP, uri: URI }
    const key = sessionKey(md5, secretOf(md5, user, realm, password, charset), exchange)
    this.#expected = digestResponse(md5, '', key, exchange)
    const response = digestResponse(md5, 'AUTHENTICATE', key, exchange)
    const rest =
      `,realm=${quoted(realm)},nonce=${quoted(nonce)},nc=${FIRST_COUNT},cnonce=${quoted(this.#cnonce)},` +
      `digest-uri="${URI}",response=${response},qop=${QOP}`
    // Everything but the name came as bytes and goes back as the same bytes.
    return {
      type: 'send',
      token: Buffer.concat([Buffer.from(`charset=utf-8,username=${quoted(user)}`, 'utf8'), Buffer.from(rest, 'latin1')]),
    }
  }

  #verify(rspauth: string | undefined): SaslAnswer {
    if (rspauth === this.#expected) return { type: 'done' }
    return { type: 'failed', why: 'the server did not prove that it knows the password' }
  }
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest()
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function isLatin1(text: string): boolean {
  return Buffer.from(text, 'latin1').toString('latin1') === text
}
