import { describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Exchange, FakeServer } from './fake-server.ts'
import { realServer } from './real-server.ts'
import { code, Fixture, until } from './support.ts'

const fixture = new Fixture()

/** The first request of that kind is applied (or not), its reply is lost and the connection cut; what then happens is up to `meanwhile`. */
function loseOne(server: FakeServer, op: number, applied: boolean, meanwhile: (exchange: Exchange) => void = () => undefined): void {
  let lost = false
  server.onRequest = (exchange) => {
    if (exchange.request.op !== op || lost) {
      exchange.answer()
      return
    }
    lost = true
    if (applied) exchange.apply()
    meanwhile(exchange)
    exchange.connection.cut()
  }
}

async function started(): Promise<{ server: FakeServer; client: Client }> {
  const server = await fixture.server()
  const client = await fixture.client(server.connectString, { backoff: () => 1 })
  return { server, client }
}

const creates = (server: FakeServer): string[] => server.pathsOf(OpCode.create2)

describe('a protected create', () => {
  for (const applied of [true, false]) {
    it(`makes one znode when its reply is lost and it ${applied ? 'happened' : 'did not happen'}`, async () => {
      const { server, client } = await started()
      loseOne(server, OpCode.create2, applied)
      const { path, stat } = await client.createProtected('/lock-', 'x', { mode: 'ephemeral-sequential' })
      expect(path).toMatch(/^\/_c_[0-9a-z]{24}-lock-\d{10}$/)
      expect(stat.ephemeralOwner).toBe(client.session.id)
      expect(server.tree.children('/')).toEqual([path.slice(1)])
      expect(creates(server)).toHaveLength(applied ? 1 : 2)
      expect(new Set(creates(server)).size).toBe(1)
    })
  }

  it('looks only after its server has caught up', async () => {
    const { server, client } = await started()
    loseOne(server, OpCode.create2, true)
    await client.createProtected('/a')
    const ops = server.requests.map((request) => request.op)
    expect(ops.indexOf(OpCode.sync)).toBeGreaterThan(0)
    expect(ops.indexOf(OpCode.sync)).toBeLessThan(ops.indexOf(OpCode.getChildren2))
  })

  it('does not guess when the session was lost, too', async () => {
    const { server, client } = await started()
    loseOne(server, OpCode.create2, false, ({ connection }) => server.expire(connection.sessionLo))
    expect(await code(client.createProtected('/a', null, { mode: 'ephemeral' }))).toBe('ERR_UNKNOWN_OUTCOME')
    expect(creates(server)).toHaveLength(1)
  })

  it('tells every other refusal as it is', async () => {
    const server = await realServer(fixture)
    const client = await fixture.client(server.connectString)
    expect(await code(client.createProtected('/missing/a'))).toBe('NO_NODE')
    expect(await code(client.createProtected('a'))).toBe('BAD_ARGUMENTS')
    expect((await client.createProtected('/a')).path).toMatch(/^\/_c_[0-9a-z]{24}-a$/)
  })
})

describe('a compare-and-set', () => {
  const sets = (server: FakeServer): number => server.of(OpCode.setData).length

  for (const applied of [true, false]) {
    it(`writes once when its reply is lost and it ${applied ? 'happened' : 'did not happen'}`, async () => {
      const { server, client } = await started()
      await client.create('/a', 'old')
      loseOne(server, OpCode.setData, applied)
      const stat = await client.compareAndSet('/a', 'new', 0)
      expect(stat.version).toBe(1)
      expect(String((await client.getData('/a')).data)).toBe('new')
      expect(sets(server)).toBe(applied ? 1 : 2)
    })
  }

  it('knows that somebody else was faster', async () => {
    const { server, client } = await started()
    await client.create('/a', 'old')
    loseOne(server, OpCode.setData, false, () => {
      const node = server.tree.nodes.get('/a')
      if (node !== undefined) Object.assign(node, { version: 1, data: Buffer.from('theirs') })
    })
    expect(await code(client.compareAndSet('/a', 'new', 0))).toBe('BAD_VERSION')
    expect(sets(server)).toBe(1)
  })

  it('says that it does not know when others have written since', async () => {
    const { server, client } = await started()
    await client.create('/a', 'old')
    loseOne(server, OpCode.setData, true, () => {
      const node = server.tree.nodes.get('/a')
      if (node !== undefined) Object.assign(node, { version: 2, data: Buffer.from('theirs') })
    })
    expect(await code(client.compareAndSet('/a', 'new', 0))).toBe('ERR_UNKNOWN_OUTCOME')
    expect(sets(server)).toBe(1)
  })

  it('does not repeat anything in another session', async () => {
    const { server, client } = await started()
    await client.create('/a', 'old')
    loseOne(server, OpCode.setData, false, ({ connection }) => server.expire(connection.sessionLo))
    expect(await code(client.compareAndSet('/a', 'new', 0))).toBe('ERR_UNKNOWN_OUTCOME')
    expect(sets(server)).toBe(1)
  })

  it('wants a version', async () => {
    const { client } = await started()
    expect(await code(client.compareAndSet('/a', 'x', -1))).toBe('BAD_ARGUMENTS')
    expect(await code(client.compareAndSet('/a', 'x', 1.5))).toBe('BAD_ARGUMENTS')
  })
})

describe('decided', () => {
  it('resolves once the session is attached again, and a read after it shows what became of the write', async () => {
    const { server, client } = await started()
    await client.create('/a', 'old')
    loseOne(server, OpCode.setData, true)
    expect(await code(client.setData('/a', 'new'))).toBe('ERR_UNKNOWN_OUTCOME')
    await client.decided()
    expect(client.status.type).toBe('connected')
    expect(String((await client.getData('/a')).data)).toBe('new')
    await until('nothing is left', () => server.open.length === 1)
  })
})
