// sasl, x509 and required identities, and requests that are too large: what is refused, with which code, and what it leaves in the counters.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ReplicaOptions } from '../../core/replica/host.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { readSaslResponse, readWhoAmIResponse } from '../../core/wire/responses.ts'
import { CLOSE, create, type Frame, getData, PING, type TestClient, TestHost } from './harness.ts'

const AUTH_FAILED = -115
const REQUIRE_SASL = -124

const USERS: Readonly<Record<string, string>> = { bob: 'secret', jürgen: 'größe' }

function scene(
  options: Partial<ReplicaOptions> = {},
  users: Readonly<Record<string, string>> | null = USERS,
): { host: TestHost; client: TestClient } {
  const host = new TestHost(options)
  host.saslUsers = users === null ? null : { password: (user) => users[user] }
  return { host, client: host.client().connect() }
}

function sasl(client: TestClient, token: string | null): Frame {
  const frames = client.ask({ op: OpCode.sasl, token: token === null ? null : Buffer.from(token) })
  const [frame] = frames
  if (frame === undefined || frames.length !== 1) throw new Error(`${frames.length} answers`)
  return frame
}

function tokenOf(frame: Frame): string {
  if (frame.type !== 'reply' || frame.err !== 0) throw new Error('refused')
  return readSaslResponse(new Reader(frame.body))?.toString() ?? ''
}

function md5(bytes: Buffer | string): Buffer {
  return createHash('md5').update(bytes).digest()
}

/** What a client answers to a challenge, with whatever is to be wrong in it. */
function response(
  challenge: string,
  user: string,
  password: string,
  wrong: Readonly<Record<string, string>> = {},
): { token: string; rspauth: string } {
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const fields = {
    nonce,
    realm: 'zk-sasl-md5',
    nc: '00000001',
    cnonce: 'abc',
    qop: 'auth',
    'digest-uri': 'zookeeper/zk-sasl-md5',
    ...wrong,
  }
  const a1 = Buffer.concat([md5(`${user}:${fields.realm}:${password}`), Buffer.from(`:${fields.nonce}:${fields.cnonce}`)])
  const of = (method: string): string => {
    const a2 = md5(`${method}:${fields['digest-uri']}`).toString('hex')
    return md5(`${md5(a1).toString('hex')}:${fields.nonce}:${fields.nc}:${fields.cnonce}:${fields.qop}:${a2}`).toString('hex')
  }
  const quoted = `username="${user}",nonce="${fields.nonce}",realm="${fields.realm}",cnonce="${fields.cnonce}",digest-uri="${fields['digest-uri']}"`
  return { token: `charset=utf-8,${quoted},nc=${fields.nc},qop=${fields.qop},response=${of('AUTHENTICATE')}`, rspauth: `rspauth=${of('')}` }
}

function logIn(client: TestClient, user: string, password: string): void {
  const { token, rspauth } = response(tokenOf(sasl(client, null)), user, password)
  expect(tokenOf(sasl(client, token))).toBe(rspauth)
}

function whoAmI(client: TestClient): string[] {
  const [frame] = client.ask({ op: OpCode.whoAmI })
  if (frame?.type !== 'reply') throw new Error('no answer')
  return readWhoAmIResponse(new Reader(frame.body)).map(({ authScheme, user }) => `${authScheme}:${user}`)
}

describe('SASL DIGEST-MD5', () => {
  it.each([
    ['bob', 'secret'],
    ['jürgen', 'größe'],
  ])('lets %s in and makes him sasl:<user>, also in lists', (user, password) => {
    const { host, client } = scene()
    logIn(client, user, password)
    expect(whoAmI(client)).toEqual(['ip:127.0.0.1', `sasl:${user}`])
    expect(
      client.ask({ op: OpCode.create, path: '/mine', data: null, acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }], flags: 0 }),
    ).toMatchObject([{ err: 0 }])
    expect(client.ask(getData('/mine'))).toMatchObject([{ err: 0 }])
    expect(host.client().connect().ask(getData('/mine'))).toMatchObject([{ err: -102 }])
    expect(host.replica.counters.saslLogins).toBe(1)
  })

  it('makes the super user of whom it was told to', () => {
    const { host, client } = scene({ saslSuperUser: 'bob' })
    host
      .client()
      .connect()
      .ask({ op: OpCode.create, path: '/closed', data: null, acl: [{ perms: 31, id: { scheme: 'sasl', id: 'ann' } }], flags: 0 })
    expect(client.ask(getData('/closed'))).toMatchObject([{ err: -102 }])
    logIn(client, 'bob', 'secret')
    expect(client.ask(getData('/closed'))).toMatchObject([{ err: 0 }])
  })

  it.each([
    ['a wrong password', (challenge: string) => response(challenge, 'bob', 'wrong').token],
    ['an unknown user', (challenge: string) => response(challenge, 'eve', '').token],
    ['another nonce', (challenge: string) => response(challenge, 'bob', 'secret', { nonce: 'bm9uY2U=' }).token],
    ['another realm', (challenge: string) => response(challenge, 'bob', 'secret', { realm: 'elsewhere' }).token],
    ['another service', (challenge: string) => response(challenge, 'bob', 'secret', { 'digest-uri': 'imap/zk-sasl-md5' }).token],
    ['a count that is not the first', (challenge: string) => response(challenge, 'bob', 'secret', { nc: '00000002' }).token],
    ['another quality of protection', (challenge: string) => response(challenge, 'bob', 'secret', { qop: 'auth-conf' }).token],
    ['a field that stands twice', (challenge: string) => `${response(challenge, 'bob', 'secret').token},nc=00000001`],
    ['garbage', () => 'nonsense'],
    ['far too much', () => `username="${'x'.repeat(5000)}"`],
  ])('refuses %s with AUTHFAILED and closes', (_, answer) => {
    const { host, client } = scene()
    expect(sasl(client, answer(tokenOf(sasl(client, ''))))).toMatchObject({ err: AUTH_FAILED, zxid: 0n })
    expect(client.closed).toBe(true)
    expect(host.replica.counters.refusals.get('auth_failed')).toBe(1)
  })

  it('takes no response twice, and none without a challenge', () => {
    const { host, client } = scene()
    const { token } = response(tokenOf(sasl(client, null)), 'bob', 'secret')
    expect(sasl(client, token)).toMatchObject({ err: 0 })
    expect(sasl(client, token)).toMatchObject({ err: AUTH_FAILED })
    expect(sasl(host.client().connect(), token)).toMatchObject({ err: AUTH_FAILED })
  })

  it('is refused, not left unanswered, where there are no users', () => {
    const { client } = scene({}, null)
    expect(sasl(client, null)).toMatchObject({ err: AUTH_FAILED })
    expect(client.closed).toBe(true)
  })

  it('is answered in its turn: after the writes that came before it', () => {
    const { host, client } = scene()
    host.autoPersist = false
    client.push(client.encode(create('/a'), { op: OpCode.sasl, token: null }))
    expect(client.frames).toEqual([])
    host.completePersist()
    expect(client.frames.map((frame) => (frame.type === 'reply' ? frame.xid : -1))).toEqual([1, 2])
    expect(tokenOf(client.frames[1] as Frame)).toContain('realm="zk-sasl-md5"')
  })
})

describe('required identities', () => {
  it.each([
    ['a create', create('/a')],
    ['a read', getData('/')],
    ['a ping', PING],
    ['the end of the session', CLOSE],
  ])('refuse %s before one is proved with -124, and the connection closes', (_, request) => {
    const { host, client } = scene({ requireAuthSchemes: ['sasl', 'digest'] })
    expect(client.ask(request)).toMatchObject([{ err: REQUIRE_SASL, zxid: 0n }])
    expect(client.closed).toBe(true)
    expect(host.replica.tree.node('/a')).toBeUndefined()
    expect(host.replica.counters.refusals.get('auth_required')).toBe(1)
  })

  it('are satisfied by any scheme of the list', () => {
    const { host, client } = scene({ requireAuthSchemes: ['sasl', 'digest'] })
    logIn(client, 'bob', 'secret')
    expect(client.ask(create('/a'))).toMatchObject([{ err: 0 }])
    const other = host.client().connect()
    other.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('u:p') })
    expect(other.ask(getData('/a'))).toMatchObject([{ err: 0 }])
  })

  it('make a failed login -124 where it is SASL that is required', () => {
    const { client } = scene({ requireAuthSchemes: ['sasl'] })
    expect(sasl(client, 'nonsense')).toMatchObject({ err: REQUIRE_SASL })
  })
})

describe('x509', () => {
  it('identities come with the connection, and may be shown again', () => {
    const host = new TestHost({ requireAuthSchemes: ['x509'] })
    const client = host.client([{ scheme: 'x509', id: 'CN=a' }]).connect()
    expect(whoAmI(client)).toEqual(['ip:127.0.0.1', 'x509:CN=a'])
    expect(client.ask({ op: OpCode.auth, type: 0, scheme: 'x509', auth: null })).toMatchObject([{ err: 0 }])
    const other = host.client().connect()
    expect(other.ask({ op: OpCode.auth, type: 0, scheme: 'x509', auth: Buffer.from('CN=a') })).toMatchObject([{ err: AUTH_FAILED }])
  })
})

describe('a request that is too large', () => {
  const huge = (xid: number): Buffer => {
    const frame = Buffer.alloc(12)
    frame.writeInt32BE(0x200000, 0)
    frame.writeInt32BE(xid, 4)
    frame.writeInt32BE(OpCode.setData, 8)
    return frame
  }

  it('closes the connection without an answer, and the log says which request it was', () => {
    const { host, client } = scene()
    client.push(huge(77))
    expect(client.frames).toEqual([])
    expect(client.closed).toBe(true)
    expect(host.replica.counters.refusals.get('frame_size')).toBe(1)
  })
})
