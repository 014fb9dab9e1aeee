// SASL DIGEST-MD5 of the client, against this package's server; against Apache ZooKeeper in test/interop/security.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SaslLogin } from '../../core/client/sasl-login.ts'
import { connect, ZoariumError } from '../../core/index.ts'
import type { Server, ServerOptions } from '../../core/server/index.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { writeReplyHeader } from '../../core/wire/headers.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { writeSaslResponse } from '../../core/wire/responses.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { framed } from './fake-server.ts'
import { realServer } from './real-server.ts'
import { code, Fixture, recordStatuses, rejection, until } from './support.ts'

const fixture = new Fixture()
const BOB = { user: 'bob', password: 'secret' }

async function usersFile(users: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'zoarium-sasl-'))
  fixture.cleanup(() => rm(home, { recursive: true, force: true }))
  const file = join(home, 'users')
  await writeFile(file, users, { mode: 0o600 })
  return file
}

async function saslServer(users: string, options: ServerOptions = {}): Promise<Server> {
  return realServer(fixture, { ...options, saslUsersFile: await usersFile(users) })
}

async function proxied(server: Server): Promise<FaultProxy> {
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: server.port })
  fixture.cleanup(() => proxy[Symbol.asyncDispose]())
  return proxy
}

async function refusal(servers: string, sasl: { user: string; password: string }): Promise<ZoariumError> {
  const error = await rejection(connect(servers, { sasl }))
  if (!ZoariumError.is(error)) throw new Error('not refused')
  return error
}

describe('a client with SASL', () => {
  it('is the user, also for its lists, and on a server that demands a login', async () => {
    const server = await saslServer('bob:secret\nann:other', { requireAuthSchemes: ['sasl'] })
    const bob = await fixture.client(server.connectString, { sasl: BOB })
    expect(await bob.whoAmI()).toContainEqual({ scheme: 'sasl', user: 'bob' })
    await bob.create('/mine', 'x', { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
    expect((await bob.getAcl('/mine')).acl).toContainEqual({ perms: 31, id: { scheme: 'sasl', id: 'bob' } })
    const ann = await fixture.client(server.connectString, { sasl: { user: 'ann', password: 'other' } })
    expect(await code(ann.getData('/mine'))).toBe('NO_AUTH')
  })

  it('logs in on each connection before anything else, its other identities, watches and requests included', async () => {
    const server = await saslServer('bob:secret', { requireAuthSchemes: ['sasl'] })
    const proxy = await proxied(server)
    const client = await fixture.client(proxy.address, { sasl: BOB, auth: [{ scheme: 'digest', auth: 'a:b' }] })
    await client.create('/mine', 'x')
    const event = client.nextEvent('/mine', 'data')
    await until('the watch', () => client.checkWatches('/mine', 'data'))
    const session = client.session.id
    const statuses = recordStatuses(client)
    proxy.cut()
    expect(String((await client.getData('/mine')).data)).toBe('x')
    await client.setData('/mine', 'y')
    expect((await event).type).toBe('changed')
    expect(client.session.id).toBe(session)
    expect(statuses).toEqual(['suspended', 'resumed'])
    expect(await client.whoAmI()).toContainEqual({ scheme: 'sasl', user: 'bob' })
    expect(proxy.accepted).toBe(2)
  })

  it.each([
    ['größe', 'jürgen'],
    ['秘密', '愛'],
    ['a"b\\c,', 'quoted'],
  ])('takes the password %s of the user %s', async (password, user) => {
    const server = await saslServer(`${user}:${password}`)
    const client = await fixture.client(server.connectString, { sasl: { user, password } })
    expect(await client.whoAmI()).toContainEqual({ scheme: 'sasl', user })
  })

  it('is refused with a wrong password or as an unknown user, and ends', async () => {
    const server = await saslServer('bob:secret')
    for (const sasl of [
      { user: 'bob', password: 'wrong' },
      { user: 'nobody', password: 'secret' },
    ]) {
      const error = await refusal(server.connectString, sasl)
      expect(error.code).toBe('AUTH_FAILED')
      expect(error.message).toContain(sasl.user)
      expect(`${error.message}${String(error.cause)}`).not.toContain(sasl.password)
    }
    await until('no connection to be left', () => server.view.stats().connections === 0)
  })

  it('is refused where no SASL is set up, and where another login is demanded first', async () => {
    const without = await realServer(fixture)
    expect((await refusal(without.connectString, BOB)).code).toBe('AUTH_FAILED')
    const demanding = await saslServer('ann:other', { requireAuthSchemes: ['sasl'] })
    const error = await refusal(demanding.connectString, BOB)
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.cause).toMatchObject({ code: 'SESSION_CLOSED_REQUIRE_SASL_AUTH' })
  })

  it('ends when its password is no longer the right one at a reconnect', async () => {
    const file = await usersFile('bob:secret')
    const server = await realServer(fixture, { saslUsersFile: file })
    const proxy = await proxied(server)
    const client = await fixture.client(proxy.address, { sasl: BOB })
    const statuses = recordStatuses(client)
    await writeFile(file, 'bob:changed')
    await server.reload()
    proxy.cut()
    await until('the end', () => client.status.type === 'authFailed')
    expect(statuses).toEqual(['suspended', 'authFailed'])
    expect(await code(client.exists('/'))).toBe('AUTH_FAILED')
  })

  it('does not take a server for the right one that answers nothing of use, or cannot prove that it knows the password', async () => {
    for (const [first, second, why] of [
      [null, null, 'no challenge'],
      ['nonsense', null, 'malformed'],
      ['realm="zk-sasl-md5",nonce="abc"', 'rspauth=00000000000000000000000000000000', 'did not prove'],
      ['realm="zk-sasl-md5",nonce="abc"', null, 'did not prove'],
    ] as const) {
      const server = await fixture.server()
      const answers = [first, second]
      server.onRequest = ({ connection, xid, request }) => {
        if (request.op !== OpCode.sasl) throw new Error(`op ${request.op} before the login`)
        const token = answers.shift() ?? null
        connection.send(
          framed((w) => {
            writeReplyHeader(w, xid, 0, ErrorCode.ok)
            writeSaslResponse(w, token === null ? null : Buffer.from(token))
          }),
        )
      }
      const error = await refusal(server.connectString, BOB)
      expect(error.code).toBe('AUTH_FAILED')
      expect(String(error.cause)).toContain(why)
    }
  })

  it('refuses options that are no login, without showing the password', async () => {
    for (const sasl of [{ user: '', password: 'secret' }, { user: 'bob' }, { password: 'secret' }]) {
      const error = await rejection(connect('127.0.0.1:1', { sasl: sasl as { user: string; password: string } }))
      expect(error).toMatchObject({ code: 'ERR_CONFIG' })
      expect(String(error)).not.toContain('secret')
    }
  })
})

describe('SaslLogin', () => {
  it('wants a quality of protection that it speaks', () => {
    expect(new SaslLogin(BOB).step(Buffer.from('nonce="a",qop="auth-conf"')).type).toBe('failed')
    expect(new SaslLogin(BOB).step(Buffer.from('nonce="a",qop="auth-int, auth"')).type).toBe('send')
  })
})
