import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { type Logger, type Server, startServer } from 'zoarium/server'
import { startMetrics } from '../../core/admin/metrics-server.ts'
import { SILENT_LOGGER } from '../../core/support/logger.ts'
import { HEALTHY, madeView } from './made-view.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-metrics-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Answer {
  readonly status: number
  readonly body: string
}

/** A bare request: fetch would set the Host header itself. */
function ask(url: string, { method = 'GET', host }: { method?: string; host?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: host === undefined ? {} : { Host: host } }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asked.on('error', reject).end()
  })
}

function metricsUrl(server: Server): string {
  if (server.metricsUrl === null) throw new Error('no metrics')
  return server.metricsUrl
}

function figure(text: string, name: string): number {
  const found = text.split('\n').find((line) => line.startsWith(`${name} `))
  if (found === undefined) throw new Error(`no ${name} in:\n${text}`)
  return Number(found.slice(name.length))
}

describe('the metrics port', () => {
  it('says before there is a server that it lives and is not ready, and has no metrics', async () => {
    const metrics = await startMetrics({ host: '127.0.0.1', port: 0, logger: SILENT_LOGGER })
    try {
      expect(await ask(`${metrics.url}/livez`)).toEqual({ status: 200, body: 'ok\n' })
      expect(await ask(`${metrics.url}/readyz`)).toEqual({
        status: 503,
        body: '[-]serving failed: the server is starting\nreadyz check failed\n',
      })
      expect(await ask(`${metrics.url}/metrics`)).toEqual({ status: 503, body: 'the server is starting\n' })
      metrics.show(madeView())
      expect(await ask(`${metrics.url}/readyz`)).toEqual({ status: 200, body: 'ok\n' })
      expect((await ask(`${metrics.url}/metrics`)).status).toBe(200)
    } finally {
      await metrics.close()
    }
  })

  it('follows the health of the server', async () => {
    let health = HEALTHY
    const metrics = await startMetrics({ host: '127.0.0.1', port: 0, logger: SILENT_LOGGER })
    try {
      metrics.show(madeView({ health: () => health }))
      expect((await ask(`${metrics.url}/readyz`)).status).toBe(200)
      health = { ...HEALTHY, draining: true }
      expect((await ask(`${metrics.url}/readyz`)).status).toBe(503)
      expect((await ask(`${metrics.url}/livez`)).status).toBe(200)
      health = { ...HEALTHY, storageFailure: 'EIO' }
      expect((await ask(`${metrics.url}/livez`)).status).toBe(503)
    } finally {
      await metrics.close()
    }
  })

  it('has nothing else, takes GET and HEAD only, and answers no page that calls our address by a name of its own', async () => {
    const metrics = await startMetrics({ host: '127.0.0.1', port: 0, logger: SILENT_LOGGER })
    try {
      metrics.show(madeView())
      for (const path of ['/', '/commands', '/commands/conf', '/snapshot', '/metricsx']) {
        expect((await ask(metrics.url + path)).status).toBe(404)
      }
      expect((await ask(`${metrics.url}/snapshot`, { method: 'POST' })).status).toBe(405)
      expect(await ask(`${metrics.url}/readyz`, { method: 'HEAD' })).toEqual({ status: 200, body: '' })
      expect((await ask(`${metrics.url}/metrics`, { host: 'evil.example' })).status).toBe(403)
      expect((await ask(`${metrics.url}/readyz`, { host: 'balancer.example' })).status).toBe(200)
    } finally {
      await metrics.close()
    }
  })
})

describe('a server with a metrics port', () => {
  it('counts what clients do', async () => {
    await using server = await startServer({ dataDir: join(folder, 'data'), metricsPort: 0 })
    const url = `${metricsUrl(server)}/metrics`
    const before = (await ask(url)).body
    const client = await connect(server.connectString)
    await client.create('/a', 'x')
    await client.setData('/a', 'y')
    await client.getData('/a', { watch: () => {} })
    const watch = await client.watch('/a', { recursive: true })
    const after = (await ask(url)).body
    expect(figure(after, 'num_alive_connections')).toBe(1)
    expect(figure(after, 'global_sessions')).toBe(1)
    expect(figure(after, 'zoarium_watches{kind="data"}')).toBe(1)
    expect(figure(after, 'zoarium_watches{kind="recursive"}')).toBe(1)
    expect(figure(after, 'watch_count')).toBe(2)
    expect(figure(after, 'znode_count')).toBe(figure(before, 'znode_count') + 1)
    expect(figure(after, 'zoarium_requests_total{operation="setData"}')).toBe(1)
    expect(figure(after, 'updatelatency_count')).toBeGreaterThanOrEqual(2)
    expect(figure(after, 'readlatency_count')).toBeGreaterThanOrEqual(2)
    // Three writes at least became durable, each in a batch of its own: each was waited for.
    expect(figure(after, 'fsynctime_count') - figure(before, 'fsynctime_count')).toBeGreaterThanOrEqual(3)
    expect(figure(after, 'zoarium_log_entries_total')).toBeGreaterThanOrEqual(3)
    expect(figure(after, 'zoarium_log_durable_index')).toBe(figure(after, 'zoarium_log_applied_index'))
    expect(figure(after, 'bytes_received_count')).toBeGreaterThan(100)
    expect(figure(after, 'response_bytes')).toBeGreaterThan(100)
    await watch[Symbol.asyncDispose]()
    await client.close()
  })

  it('goes on counting when srst and crst begin the statistics of words anew', async () => {
    await using server = await startServer({ metricsPort: 0 })
    await using client = await connect(server.connectString)
    await client.create('/a', 'x')
    const { view } = server
    expect(view.stats().packetsReceived).toBeGreaterThanOrEqual(2)
    expect(view.connections()[0]?.received).toBeGreaterThanOrEqual(2)
    const { packetsReceivedTotal } = view.stats()
    view.resetStatistics()
    view.resetConnectionStatistics()
    expect(view.stats()).toMatchObject({ packetsReceived: 0, packetsSent: 0, maxLatencyMs: 0 })
    expect(view.stats().packetsReceivedTotal).toBe(packetsReceivedTotal)
    expect(view.connections()[0]).toMatchObject({ received: 0, sent: 0, lastOperation: '', lastXid: -1 })
    await client.getData('/a')
    expect(view.stats().packetsReceived).toBe(1)
    expect(view.connections()[0]).toMatchObject({ received: 1, sent: 1, lastOperation: 'getData' })
  })

  it('shows sessions with their ephemeral nodes, and who watches what', async () => {
    await using server = await startServer({})
    await using client = await connect(server.connectString)
    await client.create('/e', '', { mode: 'ephemeral' })
    await client.getData('/e', { watch: () => {} })
    const [session] = server.view.sessions()
    const id = client.session.id.toString(16)
    expect(session).toMatchObject({ sessionId: id, timeoutMs: client.session.timeoutMs, ephemerals: new Set(['/e']) })
    const leftMs = (session?.expiresAtMs ?? 0) - Date.now()
    expect(leftMs).toBeLessThanOrEqual(client.session.timeoutMs)
    const watched = [...server.view.watched('data')].map(({ path, sessionIds }) => [path, ...sessionIds])
    expect(watched).toEqual([['/e', id]])
    expect([...server.view.watched('child')]).toEqual([])
  })

  it('knows the snapshot it began with, and the one it saved', async () => {
    const dataDir = join(folder, 'data')
    {
      await using server = await startServer({ dataDir, snapshotEveryEntries: 5 })
      expect(server.view.stats().storage).toMatchObject({ lastSnapshot: null, snapshots: 0 })
      await using client = await connect(server.connectString)
      for (let i = 0; i < 20; i++) await client.create(`/${i}`, '')
    }
    await using server = await startServer({ dataDir })
    const { storage } = server.view.stats()
    expect(storage.snapshots).toBeGreaterThan(0)
    expect(storage.lastSnapshot?.zxid).toBeGreaterThan(2 ** 32)
    expect(storage.lastSnapshot?.savedAtMs).toBeLessThanOrEqual(Date.now())
  })

  it('whose port is taken serves clients all the same, and the log says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const messages: string[] = []
    const logger: Logger = { ...SILENT_LOGGER, error: (_fields, message) => messages.push(message) }
    const { port } = other.address() as AddressInfo
    await using server = await startServer({ metricsPort: port, logger })
    expect(server.metricsUrl).toBeNull()
    expect(messages).toEqual(['no metrics; clients are served all the same'])
    await using client = await connect(server.connectString)
    expect(await client.exists('/')).not.toBeNull()
    other.close()
  })

  it('that does not start lets its metrics port go', async () => {
    const dataDir = join(folder, 'data')
    await using _first = await startServer({ dataDir })
    const probe = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => probe.once('listening', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    await expect(startServer({ dataDir, metricsPort: port })).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    await expect(ask(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('the admin HTTP', () => {
  it('takes a token that was chosen, and shows it to nobody', async () => {
    const dataDir = join(folder, 'data')
    const adminToken = 'chosen-by-the-operator'
    await using server = await startServer({ dataDir, adminPort: 0, adminToken })
    expect(server.admin?.token).toBe(adminToken)
    expect(JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8'))).toMatchObject({ token: adminToken })
    expect([...server.view.config().options.values()].join()).not.toContain(adminToken)
    const response = await fetch(`${server.admin?.url}/commands/srvr`, { headers: { Authorization: `Bearer ${adminToken}` } })
    expect(await response.json()).toMatchObject({ command: 'server_stats', error: null })
  })

  it('refuses a token that is too short, or no header could carry', async () => {
    for (const adminToken of ['short', 'with a blank in the middle', 'ümlaut-in-the-token-here']) {
      await expect(startServer({ adminPort: 0, adminToken })).rejects.toMatchObject({ code: 'ERR_CONFIG' })
    }
    await expect(startServer({ adminCommandPath: 'commands' })).rejects.toMatchObject({ code: 'ERR_CONFIG' })
  })

  it('says in the log that it can be reached from elsewhere, and is known by any name then', async () => {
    const warnings: string[] = []
    const logger: Logger = { ...SILENT_LOGGER, warn: (_fields, message) => warnings.push(message) }
    await using server = await startServer({ adminPort: 0, adminHost: '0.0.0.0', logger })
    expect(warnings).toEqual(['the admin HTTP can be reached from other machines and is not encrypted: its token can be read on the way'])
    const { url, token } = server.admin ?? { url: '', token: '' }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await ask(`${url}/readyz`, { host: 'zk.example' })).status).toBe(200)
    const answer = await fetch(`${url}/commands/ruok`, { headers: { Authorization: `Bearer ${token}`, Host: 'zk.example' } })
    expect(answer.status).toBe(200)
    expect((await ask(`${url}/commands/ruok`, { host: 'zk.example' })).status).toBe(401)
  })
})
