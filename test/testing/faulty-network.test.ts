import { describe, expect, it } from 'vitest'
import { type Client, connect, ZoariumError } from '../../core/index.ts'
import { expireSession, FAULTS, startTestServer, type TestServer } from '../../core/testing/index.ts'

/** What a promise came to: its value's kind, or the error's code. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'ok'
  } catch (error) {
    return ZoariumError.is(error) ? error.code : String(error)
  }
}

async function started(): Promise<{ server: TestServer; client: Client; [Symbol.asyncDispose](): Promise<void> }> {
  const server = await startTestServer()
  const client = await connect(server.connectString, { sessionTimeoutMs: 5_000, backoff: () => 1 })
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close()
      await server.close()
    },
  }
}

describe('a test server', () => {
  it('is started in one line and reached through its network', async () => {
    await using server = await startTestServer()
    await using client = await connect(server.connectString)
    await client.create('/a')
    expect(server.network.connections).toBe(1)
    await using eye = await connect(server.directConnectString)
    expect(await eye.exists('/a')).not.toBeNull()
    expect(server.network.connections).toBe(1)
  })

  it('expires a session: its znodes are gone at once, and its client finds out', async () => {
    await using world = await started()
    const { server, client } = world
    await client.create('/mine', null, { mode: 'ephemeral' })
    const { id, signal } = client.session
    await server.expire(client)
    await using eye = await connect(server.directConnectString)
    expect(await eye.exists('/mine')).toBeNull()
    await client.sync('/')
    expect(client.session.id).not.toBe(id)
    expect(signal.aborted && ZoariumError.is(signal.reason, 'SESSION_EXPIRED')).toBe(true)
  })

  it('expires a session also when its connection is closed before the server has answered, as ZooKeeper does when the client comes back', async () => {
    await using world = await started()
    const { server, client } = world
    await client.create('/mine', null, { mode: 'ephemeral' })
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(server.network.connectString) ?? []
    const closed = server.network.inject('cutBeforeReply', { operation: 'handshake' })
    await expireSession({ host, port: Number(port) }, client.session)
    expect(closed.happened).toBe(true)
    expect(await outcome(expireSession({ host, port: 1 }, client.session))).toBe('ERR_CONNECTION_LOSS')
    await using eye = await connect(server.directConnectString)
    expect(await eye.exists('/mine')).toBeNull()
  })
})

describe('a faulty network', () => {
  // What becomes of a write, and whether it happened, for every fault at it.
  const expected: Readonly<Record<string, readonly [string, boolean]>> = {
    cutBeforeRequest: ['ERR_UNKNOWN_OUTCOME', false],
    cutAfterRequest: ['ERR_UNKNOWN_OUTCOME', true],
    cutBeforeReply: ['ERR_UNKNOWN_OUTCOME', true],
    cutAfterReply: ['ok', true],
    holdRequest: ['ERR_UNKNOWN_OUTCOME', false],
    holdReply: ['ERR_UNKNOWN_OUTCOME', true],
    delayRequest: ['ok', true],
    delayReply: ['ok', true],
    garbageReply: ['ERR_UNKNOWN_OUTCOME', true],
    dripReply: ['ok', true],
  }

  it.each([...FAULTS])('does %s', async (fault) => {
    await using world = await started()
    const { server, client } = world
    const startedMs = performance.now()
    const injected = server.network.inject(fault, { operation: 'create2', delayMs: 20 })
    const held = fault.startsWith('hold')
    const seen = await outcome(client.create('/a', 'x', held ? { timeoutMs: 100 } : {}))
    await injected.begun
    if (fault.startsWith('delay')) expect(performance.now() - startedMs).toBeGreaterThanOrEqual(19)
    await using eye = await connect(server.directConnectString)
    // What was forwarded before a cut is on its way.
    if (fault === 'cutAfterRequest') await client.decided()
    expect([seen, (await eye.exists('/a')) !== null]).toEqual(expected[fault])
    if (held) server.network.cut()
    expect(await outcome(client.exists('/a'))).toBe('ok')
  })

  it('counts messages, by operation if it shall', async () => {
    await using world = await started()
    const { server, client } = world
    const third = server.network.inject('cutBeforeReply', { operation: 'setData', nth: 3 })
    await client.create('/a')
    for (const expectedOutcome of ['ok', 'ok', 'ERR_UNKNOWN_OUTCOME', 'ok']) {
      await client.exists('/a')
      expect(await outcome(client.setData('/a', 'x'))).toBe(expectedOutcome)
    }
    expect(third.happened).toBe(true)
    const never = server.network.inject('cutBeforeReply')
    never.cancel()
    expect(await outcome(client.setData('/a', 'x'))).toBe('ok')
  })

  it('breaks the handshake, too', async () => {
    await using world = await started()
    const { server } = world
    for (const fault of ['cutBeforeRequest', 'cutBeforeReply', 'garbageReply', 'dripReply'] as const) {
      server.network.inject(fault, { operation: 'handshake' })
      await using other = await connect(server.connectString, { backoff: () => 1 })
      expect(await outcome(other.exists('/'))).toBe('ok')
    }
  })

  it('holds, releases, delays, refuses and accepts everything', async () => {
    await using world = await started()
    const { server, client } = world
    const { network } = server
    network.hold()
    expect(await outcome(client.exists('/', { timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    network.release()
    expect(await outcome(client.exists('/'))).toBe('ok')
    network.delay(20)
    const startedMs = performance.now()
    await client.exists('/')
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39)
    network.delay(0)
    network.refuse()
    expect(network.connections).toBe(0)
    expect(await outcome(client.exists('/', { timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    network.accept()
    expect(await outcome(client.exists('/'))).toBe('ok')
  })

  it('refuses plans that are none', async () => {
    await using world = await started()
    const { network } = world.server
    for (const call of [
      () => network.inject('explode' as 'holdReply'),
      () => network.inject('delayReply', { delayMs: 0 }),
      () => network.inject('cutBeforeReply', { nth: 1.5 }),
    ]) {
      expect(call).toThrow(/ERR_CONFIG/)
    }
  })
})
