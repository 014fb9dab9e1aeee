import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { type Logger, type Server, startServer } from 'zoarium/server'
import { adminApp } from '../../core/admin/admin-app.ts'
import { requestSnapshot } from '../../core/admin/admin-client.ts'
import { type AdminEndpoint, readAdminFile } from '../../core/admin/admin-file.ts'
import { type AdminServer, startAdmin } from '../../core/admin/admin-server.ts'
import { snapshotRoutes } from '../../core/admin/snapshot-route.ts'
import type { ServerView } from '../../core/server/server-view.ts'
import { SILENT_LOGGER } from '../../core/support/logger.ts'
import { saveSnapshotFile } from '../../core/tools/save-snapshot.ts'
import { checkSnapshotFile } from '../../core/tools/snapshot-file.ts'
import { beginSnapshot, EndlessView } from './endless-view.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-admin-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

function listeningLogger(): Logger & { readonly lines: Line[] } {
  const lines: Line[] = []
  const at =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      lines.push({ level, message, fields })
    }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function endpointOf(server: Server): AdminEndpoint {
  if (server.admin === null) throw new Error('no admin HTTP')
  return server.admin
}

/** A bare request: fetch would set the Host header itself. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'POST',
  path?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ...(path === undefined ? {} : { path }) }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asked.on('error', reject).end()
  })
}

describe('the admin HTTP of a server that has nothing to show yet', () => {
  it('says that it lives, that it is not ready, and why; whatever else it is asked', async () => {
    const admin = await startAdmin({ view: null, starting: () => 'it waits for server 2', port: 0, dataDir: null, logger: SILENT_LOGGER })
    const get = (path: string): Promise<{ status: number; body: string }> => ask(admin.url, {}, 'GET', path)
    try {
      expect(await get('/livez')).toEqual({ status: 200, body: 'ok\n' })
      const notReady = { status: 503, body: '[-]serving failed: it waits for server 2\nreadyz check failed\n' }
      expect(await get('/readyz')).toEqual(notReady)
      expect(await get('/readyz?verbose')).toEqual(notReady)
      for (const path of ['/commands/ensemble', '//', '/?', '*', '/%zz']) {
        expect(await get(path)).toEqual({ status: 503, body: '{"error":"it waits for server 2"}\n' })
      }
    } finally {
      await admin.close()
    }
  })
})

describe('the admin HTTP of a server', () => {
  it('is off unless asked for', async () => {
    await using server = await startServer({ dataDir: join(folder, 'data') })
    expect(server.admin).toBeNull()
    expect(existsSync(join(folder, 'data', 'admin.json'))).toBe(false)
  })

  it('tells its owner alone, in admin.json, where it is; another token at each start; the file goes at close', async () => {
    const dataDir = join(folder, 'data')
    const tokens = new Set<string>()
    for (let start = 0; start < 2; start++) {
      await using server = await startServer({ dataDir, adminPort: 0 })
      const file = join(dataDir, 'admin.json')
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        url: endpointOf(server).url,
        token: endpointOf(server).token,
        pid: process.pid,
        version: server.view.version,
      })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(endpointOf(server).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(await readAdminFile(dataDir)).toMatchObject({ token: endpointOf(server).token })
      tokens.add(endpointOf(server).token)
    }
    expect(tokens.size).toBe(2)
    expect(readdirSync(dataDir).sort()).toEqual(['log', 'snapshots'])
  })

  it('of a server in memory is told by Server.admin alone', async () => {
    await using server = await startServer({ adminPort: 0 })
    const { url, token } = endpointOf(server)
    expect((await ask(`${url}/snapshot`, { Authorization: `Bearer ${token}` })).status).toBe(200)
  })

  it('answers nobody without the token, whatever is asked for', async () => {
    const logger = listeningLogger()
    await using server = await startServer({ adminPort: 0, logger })
    const { url, token } = endpointOf(server)
    for (const path of ['/snapshot', '/', '/none']) {
      expect((await ask(url + path, {})).status).toBe(401)
      expect((await ask(url + path, { Authorization: `Bearer ${token}x` })).status).toBe(401)
      expect((await ask(url + path, { Authorization: `Bearer ${token.slice(1)}` })).status).toBe(401)
      expect((await ask(url + path, { Authorization: 'Bearer' })).status).toBe(400)
      expect((await ask(url + path, { Authorization: `Basic ${token}` })).status).toBe(400)
    }
    const refused = logger.lines.filter(({ message }) => message === 'admin request refused')
    expect(refused.length).toBe(15)
    expect(JSON.stringify(logger.lines)).not.toContain(token)
    const right = { Authorization: `Bearer ${token}` }
    expect(await ask(`${url}/none`, right)).toEqual({ status: 404, body: '{"error":"no such resource: POST /none"}' })
    expect((await ask(`${url}/snapshot`, right, 'GET')).status).toBe(404)
    expect((await ask(`${url}/snapshot`, right)).status).toBe(200)
  })

  it('answers no page that calls our address by a name of its own', async () => {
    await using server = await startServer({ adminPort: 0 })
    const { url, token } = endpointOf(server)
    const headers = { Authorization: `Bearer ${token}` }
    const { port } = new URL(url)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`]) {
      expect((await ask(`${url}/snapshot`, { ...headers, Host: host })).status).toBe(403)
    }
    expect((await ask(`${url}/snapshot`, { ...headers, Host: `localhost:${port}` })).status).toBe(200)
  })

  it('that cannot have its port leaves the server serving, and the log says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const logger = listeningLogger()
    const { port } = other.address() as AddressInfo
    {
      await using server = await startServer({ dataDir: join(folder, 'data'), adminPort: port, logger })
      expect(server.admin).toBeNull()
      expect(existsSync(join(folder, 'data', 'admin.json'))).toBe(false)
      expect(logger.lines).toContainEqual({
        level: 'error',
        message: expect.stringContaining('no admin HTTP'),
        fields: { port, error: expect.stringContaining('EADDRINUSE') },
      })
      await using client = await connect(server.connectString)
      await client.create('/a')
    }
    await new Promise((resolve) => other.close(resolve))
  })

  it('keeps the global Request and Response as they were', async () => {
    const before = [globalThis.Request, globalThis.Response]
    await using server = await startServer({ adminPort: 0 })
    await ask(endpointOf(server).url, {})
    expect([globalThis.Request, globalThis.Response]).toEqual(before)
  })
})

describe('POST /snapshot', () => {
  it('sends what was so when it was asked, though the tree changes while it is sent', async () => {
    await using server = await startServer({ adminPort: 0 })
    await using client = await connect(server.connectString)
    const value = 'x'.repeat(20_000)
    await Promise.all(Array.from({ length: 300 }, (_, i) => client.create(`/n${i}`, `${i}:${value}`)))
    const before = Buffer.concat([...(server.view.takeSnapshot()?.parts ?? [])])
    const { facts, parts } = await requestSnapshot(endpointOf(server))
    expect(facts).toMatchObject({ nodes: 304, sessions: 1, zxid: `0x${client.lastZxid.toString(16)}` })
    async function* whileWriting(): AsyncGenerator<Uint8Array, void, void> {
      let part = 0
      for await (const bytes of parts) {
        yield bytes
        if (part++ % 10 === 0) {
          await client.setData(`/n${299 - part}`, 'changed')
          await client.delete(`/n${part}`)
          await client.create(`/new${part}`)
        }
      }
    }
    const path = join(folder, 'a.snap')
    const saved = await saveSnapshotFile(path, whileWriting())
    expect(saved.meta.index).toBe(facts.index)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(await client.exists('/new1')).not.toBeNull()
    // The next one shows what happened meanwhile.
    expect((await requestSnapshot(endpointOf(server))).facts.index).toBeGreaterThan(facts.index)
  })

  it('is one at a time, and goes on when its caller has gone', async () => {
    const logger = listeningLogger()
    const endless = new EndlessView()
    const admin = await startAdmin({ view: endless.view, port: 0, dataDir: null, logger })
    try {
      const first = await beginSnapshot(admin)
      await expect(requestSnapshot(admin)).rejects.toMatchObject({ code: 'THROTTLED_OP', message: expect.stringContaining('409') })
      expect(endless.taken).toBe(1)
      first.asked.destroy()
      await endless.givenUp
      expect(logger.lines.at(-1)).toMatchObject({ level: 'warn', message: 'snapshot not sent', fields: { index: 7 } })
      const second = await beginSnapshot(admin)
      expect(endless.taken).toBe(2)
      second.asked.destroy()
    } finally {
      await admin.close()
    }
  })

  it('is given up when its caller takes nothing for too long', async () => {
    const endless = new EndlessView()
    const logger = listeningLogger()
    const routes = snapshotRoutes(endless.view, logger, 50)
    const response = await routes.request('/', { method: 'POST' })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value?.length).toBe(65_536)
    await endless.givenUp
    await expect(reader?.read()).rejects.toThrow('the caller does not read')
    expect((await routes.request('/', { method: 'POST' })).status).toBe(200)
  })

  it('ends when the server does, and the caller notices', async () => {
    const endless = new EndlessView()
    const admin: AdminServer = await startAdmin({ view: endless.view, port: 0, dataDir: null, logger: SILENT_LOGGER })
    const { parts } = await requestSnapshot(admin)
    const path = join(folder, 'a.snap')
    const saving = saveSnapshotFile(path, parts, { onProgress: (bytes) => bytes > 1e6 && void admin.close() })
    await expect(saving).rejects.toMatchObject({ code: 'ERR_CONNECTION_LOSS' })
    expect(readdirSync(folder)).toEqual([])
    await expect(requestSnapshot(admin)).rejects.toMatchObject({ code: 'ERR_CONNECTION_LOSS' })
  })

  it('says that there is nothing yet while there is nothing', async () => {
    const view = { takeSnapshot: () => null } as unknown as ServerView
    const app = adminApp({ view, token: 't', hosts: null, commandPath: '/commands', logger: SILENT_LOGGER })
    const response = await app.request('/snapshot', { method: 'POST', headers: { Authorization: 'Bearer t', Host: '127.0.0.1:1' } })
    expect(response.status).toBe(503)
  })

  it('is not a snapshot of the server itself: its own are as they were', async () => {
    const dataDir = join(folder, 'data')
    await using server = await startServer({ dataDir, adminPort: 0 })
    const path = join(folder, 'a.snap')
    await saveSnapshotFile(path, (await requestSnapshot(endpointOf(server))).parts)
    await checkSnapshotFile(path)
    expect(readdirSync(join(dataDir, 'snapshots'))).toEqual([])
  })
})
