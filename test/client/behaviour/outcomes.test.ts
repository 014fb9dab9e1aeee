import { describe, expect, it } from 'vitest'
import { type Client, ZoariumError } from '../../../core/index.ts'
import type { Fault } from '../../../core/testing/index.ts'
import { code, Fixture, until } from '../support.ts'
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts'

const fixture = new Fixture()

async function started(): Promise<{ server: ServerUnderTest; client: Client; eye: Client }> {
  const server = await serverUnderTest(fixture)
  const client = await fixture.client(server.connectString, { backoff: () => 1 })
  return { server, client, eye: await fixture.client(server.connectString) }
}

/** Both ways to lose a write's reply: the write did not happen, or it did. */
const LOSSES: readonly (readonly [Fault, boolean])[] = [
  ['cutBeforeRequest', false],
  ['cutBeforeReply', true],
]

describe('a write whose reply is lost', () => {
  for (const [fault, happened] of LOSSES) {
    it(`has an unknown outcome when it ${happened ? 'happened' : 'did not happen'}, is never repeated, and decided() tells`, async () => {
      const { server, client, eye } = await started()
      await client.create('/a', '0')
      server.network.inject(fault, { operation: 'setData' })
      expect(await code(client.setData('/a', '1'))).toBe('ERR_UNKNOWN_OUTCOME')
      await client.decided()
      const seen = await client.getData('/a')
      expect([String(seen.data), seen.stat.version]).toEqual(happened ? ['1', 1] : ['0', 0])
      expect((await eye.getData('/a')).stat.version).toBe(happened ? 1 : 0)
      expect(client.stats().unknownOutcomes).toBe(1)
    })

    it(`is resolved by createProtected when it ${happened ? 'happened' : 'did not happen'}: one znode`, async () => {
      const { server, client } = await started()
      server.network.inject(fault, { operation: 'create2' })
      const { path, stat } = await client.createProtected('/lock-', 'x', { mode: 'ephemeral-sequential' })
      expect(path).toMatch(/^\/_c_[0-9a-z]{24}-lock-\d{10}$/)
      expect(stat.ephemeralOwner).toBe(client.session.id)
      expect((await client.getChildren('/')).children.filter((name) => name !== 'zookeeper')).toEqual([path.slice(1)])
    })

    it(`is resolved by compareAndSet when it ${happened ? 'happened' : 'did not happen'}: one change`, async () => {
      const { server, client } = await started()
      await client.create('/a', 'old')
      server.network.inject(fault, { operation: 'setData' })
      expect((await client.compareAndSet('/a', 'new', 0)).version).toBe(1)
      const { data, stat } = await client.getData('/a')
      expect([String(data), stat.version]).toEqual(['new', 1])
    })

    it(`of a transaction is unknown as a whole when it ${happened ? 'happened' : 'did not happen'}`, async () => {
      const { server, client } = await started()
      server.network.inject(fault, { operation: 'multi' })
      expect(await code(client.transaction().create('/a').create('/b').commit())).toBe('ERR_UNKNOWN_OUTCOME')
      await client.decided()
      const there = await Promise.all(['/a', '/b'].map((path) => client.exists(path)))
      expect(there.map((stat) => stat !== null)).toEqual([happened, happened])
    })
  }

  it('is unknown when the server is too slow for its time limit, and happens all the same', async () => {
    const { server, client } = await started()
    await client.create('/a', '0')
    server.network.inject('holdReply', { operation: 'setData' })
    expect(await code(client.setData('/a', '1', { timeoutMs: 50 }))).toBe('ERR_UNKNOWN_OUTCOME')
    server.network.release()
    await until('the write to show', async () => String((await client.getData('/a')).data) === '1')
  })
})

describe('a read', () => {
  for (const fault of ['cutBeforeRequest', 'cutBeforeReply', 'garbageReply'] as const) {
    it(`is asked again after ${fault}, unless what came was no reply`, async () => {
      const { server, client } = await started()
      await client.create('/a', 'x')
      server.network.inject(fault, { operation: 'getData' })
      const outcome = await client.getData('/a').then(({ data }) => String(data), outcomeOf)
      expect(outcome).toBe(fault === 'garbageReply' ? 'ERR_PROTOCOL' : 'x')
      expect(String((await client.getData('/a')).data)).toBe('x')
    })
  }
})

describe('calls in order', () => {
  it('are each decided, in order, when the connection breaks in the middle of a pipeline', async () => {
    const { server, client, eye } = await started()
    await client.create('/n', '0')
    server.network.inject('cutBeforeReply', { operation: 'setData', nth: 20 })
    const writes = Array.from({ length: 60 }, (_, i) => client.setData('/n', String(i)).then(() => 'done', outcomeOf))
    const outcomes = await Promise.all(writes)
    // Replies that were on their way when the connection broke may be lost with it, but only from the end.
    const done = outcomes.indexOf('ERR_UNKNOWN_OUTCOME')
    expect(done).toBeGreaterThanOrEqual(0)
    expect(done).toBeLessThanOrEqual(19)
    expect(outcomes).toEqual([...Array(done).fill('done'), ...Array(60 - done).fill('ERR_UNKNOWN_OUTCOME')])
    await client.decided()
    const { data, stat } = await client.getData('/n')
    expect(stat.version).toBeGreaterThanOrEqual(20)
    // Whatever happened is a prefix of what was called.
    expect(String(data)).toBe(String(stat.version - 1))
    await eye.sync('/n')
    expect((await eye.getData('/n')).stat.version).toBe(stat.version)
  })
})

function outcomeOf(error: unknown): string {
  return ZoariumError.is(error) ? error.code : String(error)
}
