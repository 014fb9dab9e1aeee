import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import type { RequestTrace, StatusTrace, WatchTrace } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { realServer } from './real-server.ts'
import { code, Fixture, reaches, until } from './support.ts'

const fixture = new Fixture()

/** Listens to a channel until the test ends. */
function listen<T>(name: string, hear: (message: T) => void): void {
  const handler = (message: unknown): void => hear(message as T)
  channel(name).subscribe(handler)
  fixture.cleanup(async () => {
    channel(name).unsubscribe(handler)
  })
}

describe('the diagnostics channels', () => {
  it('follow a request from its call to its end', async () => {
    const server = await realServer(fixture)
    const client = await fixture.client(`${server.connectString}/app`)
    await client.ensurePath('/')
    const seen: string[] = []
    const note = (stage: string) => (trace: unknown) => {
      const { operation, path, chroot, server: where, sessionId, error } = trace as RequestTrace
      expect([chroot, where, BigInt(`0x${sessionId}`)]).toEqual(['/app', server.connectString, BigInt.asUintN(64, client.session.id)])
      seen.push(`${stage} ${operation} ${path}${error === undefined ? '' : ` ${(error as { code: string }).code}`}`)
    }
    const subscribers = {
      start: note('start'),
      end: note('end'),
      asyncStart: note('asyncStart'),
      asyncEnd: note('asyncEnd'),
      error: note('error'),
    }
    const requests = tracingChannel('zoarium:request')
    requests.subscribe(subscribers)
    fixture.cleanup(async () => {
      requests.unsubscribe(subscribers)
    })
    await client.create('/a', 'secret')
    expect(seen).toEqual(['start create2 /a', 'end create2 /a', 'asyncStart create2 /a', 'asyncEnd create2 /a'])
    seen.length = 0
    expect(await code(client.getData('/b'))).toBe('NO_NODE')
    expect(seen).toEqual([
      'start getData /b',
      'end getData /b',
      'error getData /b NO_NODE',
      'asyncStart getData /b NO_NODE',
      'asyncEnd getData /b NO_NODE',
    ])
  })

  it('carry a context into the call, as a tracer needs it', async () => {
    const server = await realServer(fixture)
    const client = await fixture.client(server.connectString)
    const spans = new AsyncLocalStorage<string>()
    const requests = tracingChannel('zoarium:request')
    requests.start.bindStore(spans, (trace) => (trace as RequestTrace).operation)
    let within: string | undefined
    const subscribers = { start: () => (within = spans.getStore()) }
    requests.subscribe(subscribers as never)
    fixture.cleanup(async () => {
      requests.unsubscribe(subscribers as never)
      requests.start.unbindStore(spans)
    })
    await client.exists('/')
    expect(within).toBe('exists')
  })

  it('tell statuses and events', async () => {
    const server = await realServer(fixture)
    const statuses: string[] = []
    const events: string[] = []
    listen<StatusTrace>('zoarium:status', ({ status, sessionId }) => statuses.push(`${status.type} ${/^[0-9a-f]+$/.test(sessionId)}`))
    listen<WatchTrace>('zoarium:watch', ({ event }) => events.push(`${event.type} ${event.path}`))
    const client = await fixture.client(server.connectString)
    const changed = client.nextEvent('/a', 'exists')
    await until('the watch', () => client.stats().watches.oneShotServerWatches === 1)
    await client.create('/a')
    await changed
    await client.close()
    expect(statuses).toEqual(['connected true', 'closed true'])
    expect(events).toEqual(['created /a'])
  })
})

describe('the numbers of a client', () => {
  it('count requests, bytes, watches, sessions and losses', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { backoff: () => 1 })
    await client.create('/a')
    const changed = client.nextEvent('/a', 'data')
    const also = client.nextEvent('/a', 'data')
    const watch = await client.watch('/a')
    await client.exists('/a')
    expect(client.stats()).toMatchObject({
      status: 'connected',
      server: server.connectString,
      queuedRequests: 0,
      inFlightRequests: 0,
      requestsSent: 5,
      repliesReceived: 5,
      dials: 1,
      sessionsOpened: 1,
      sessionsResumed: 0,
      unknownOutcomes: 0,
      watches: { oneShotWatchers: 2, oneShotServerWatches: 1, persistentWatchers: 1, persistentServerWatches: 1 },
    })
    expect(client.stats().bytesSent).toBeGreaterThan(100)
    expect(client.stats().bytesReceived).toBeGreaterThan(100)
    server.onRequest = (exchange) => {
      if (exchange.request.op === OpCode.setData) exchange.connection.cut()
      else exchange.answer()
    }
    const resumed = reaches(client, 'connected')
    expect(await code(client.setData('/a', 'x'))).toBe('ERR_UNKNOWN_OUTCOME')
    await resumed
    expect(client.stats()).toMatchObject({ dials: 2, sessionsResumed: 1, unknownOutcomes: 1, sessionsExpired: 0 })
    await watch.close()
    await client.close()
    expect([(await changed).type, (await also).type]).toEqual(['lost', 'lost'])
    expect(client.stats()).toMatchObject({
      status: 'closed',
      server: null,
      watches: { oneShotWatchers: 0, oneShotServerWatches: 0, persistentWatchers: 0, persistentServerWatches: 0 },
    })
  })

  it('notice that the process did not run', async () => {
    const server = await fixture.server()
    server.timeoutMs = 2_000
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, warn: (_: object, text: string) => void warnings.push(text), error() {} }
    const client = await fixture.client(server.connectString, { logger })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const until0 = performance.now() + 400
    while (performance.now() < until0);
    await until('the stall', () => client.stats().stalls >= 1)
    expect(client.stats().longestStallMs).toBeGreaterThan(200)
    expect(warnings).toContain('this process did not run: sessions need it to')
  })
})
