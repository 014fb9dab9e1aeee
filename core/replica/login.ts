// replica: auth and sasl: what a connection proves about itself takes effect when it comes; the answer goes out in its turn. PURE.
//
//   auth    digest, ip, x509    gains identities, or -115 and the connection closes
//   sasl    DIGEST-MD5          a challenge, then sasl:<user>; what does not fit: -115, where sasl is required -124, and the connection closes
//
// (ZooKeeper: ZooKeeperServer.processPacket, processSasl, AuthenticationHelper. Where no SASL is set up it answers with no token at all, on which
// clients wait for ever; here that is -115, too.)

import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { Reader } from '../wire/reader.ts'
import type { AuthRequest, Id, SaslRequest } from '../wire/records.ts'
import { readRequest } from '../wire/requests.ts'
import { authenticate, mergeIds } from './authenticate.ts'
import type { Connection } from './connection.ts'
import type { ReplicaContext } from './context.ts'
import { SaslDigest } from './sasl-digest.ts'

/** What is to be answered. */
export interface LoginOutcome {
  readonly err: ErrorCode
  /** Of sasl, when `err` is ok. */
  readonly token: Buffer | null
  /** For the log, when it was refused. */
  readonly why: string
}

const WELCOME: LoginOutcome = Object.freeze({ err: ErrorCode.ok, token: null, why: '' })

export function login(replica: ReplicaContext, c: Connection, op: typeof OpCode.auth | typeof OpCode.sasl, r: Reader): LoginOutcome {
  const request = readRequest(r, op)
  if (request.op === OpCode.sasl) return sasl(replica, c, request)
  return auth(replica, c, request as AuthRequest)
}

/** Whether the connection has proved what it must before it may ask for anything. */
export function mayAsk(replica: ReplicaContext, c: Connection): boolean {
  const { requireAuthSchemes } = replica.options
  return requireAuthSchemes.length === 0 || c.ids.some(({ scheme }) => requireAuthSchemes.includes(scheme))
}

function auth(replica: ReplicaContext, c: Connection, { scheme, auth }: AuthRequest): LoginOutcome {
  const { sha1 } = replica.host
  const gained = authenticate(scheme, auth, c.address, c.ids, replica.options.superDigest, sha1)
  if (gained === null) return { err: ErrorCode.authFailed, token: null, why: `auth with scheme ${scheme}` }
  gain(c, gained)
  return WELCOME
}

function sasl(replica: ReplicaContext, c: Connection, request: SaslRequest): LoginOutcome {
  const { host, options } = replica
  const err = options.requireAuthSchemes.includes('sasl') ? ErrorCode.sessionClosedRequireSaslAuth : ErrorCode.authFailed
  const { saslUsers } = host
  if (saslUsers === null) return { err, token: null, why: 'sasl: this server has no SASL users' }
  c.sasl ??= new SaslDigest({
    md5: (bytes) => host.md5(bytes),
    entropy: (bytes) => host.entropy(bytes),
    password: (user) => saslUsers.password(user),
  })
  const step = c.sasl.step(request)
  if (step.type === 'refused') return { err, token: null, why: `sasl: ${step.why}` }
  if (step.type === 'done') {
    const own: Id = { scheme: 'sasl', id: step.user }
    gain(c, step.user === options.saslSuperUser ? [own, { scheme: 'super', id: '' }] : [own])
    replica.counters.saslLogins += 1
  }
  return { err: ErrorCode.ok, token: step.token, why: '' }
}

/** Requests that come later already have the new identities; requests before keep theirs. */
function gain(c: Connection, gained: readonly Id[]): void {
  c.ids = mergeIds(c.ids, gained)
  c.envelope = null
}
