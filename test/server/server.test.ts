import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, ZoariumError } from 'zoarium'
import { type Server, type ServerOptions, startServer } from 'zoarium/server'
import { startTestServer } from 'zoarium/testing'
import { reservedPort } from '../support/reserved-ports.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-server-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function open(server: Server): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: server.host, port: server.port }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Everything the server sends until it closes. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.once('close', () => resolve(text))
  })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('startServer', () => {
  it('serves from memory on a free port by default', async () => {
    await using server = await startServer()
    expect(server.dataDir).toBeNull()
    expect(server.connectString).toBe(`127.0.0.1:${server.port}`)
    await using client = await connect(server.connectString)
    await client.create('/a', 'x')
    expect((await client.getData('/a')).data?.toString()).toBe('x')
  })

  it('keeps everything in its data directory over a restart: nodes, sessions, zxids', async () => {
    const dataDir = join(folder, 'deep', 'data')
    const port = await reservedPort()
    const first = await startServer({ dataDir, port })
    const client = await connect(first.connectString)
    const { stat } = await client.create('/a', 'x')
    await client.create('/e', null, { mode: 'ephemeral' })
    await first.close()
    await using second = await startServer({ dataDir, port })
    // The same client comes back with the same session: its ephemeral is still there.
    expect((await client.exists('/e'))?.ephemeralOwner).toBe(client.session.id)
    const again = await client.create('/b')
    expect(again.stat.czxid).toBeGreaterThan(stat.czxid)
    expect((await client.getData('/a')).stat.czxid).toBe(stat.czxid)
    expect(second.view.stats().nodeCount).toBeGreaterThan(3)
    await client.close()
  })

  it('recovers from a snapshot and the log after it', async () => {
    const dataDir = join(folder, 'data')
    const first = await startServer({ dataDir, snapshotEveryEntries: 50 })
    const client = await connect(first.connectString)
    await client.create('/n')
    await Promise.all(Array.from({ length: 200 }, (_, i) => client.create(`/n/${i}`, String(i))))
    await client.close()
    await first.close()
    await using second = await startServer({ dataDir })
    await using reader = await connect(second.connectString)
    const { children } = await reader.getChildren('/n')
    expect(children).toHaveLength(200)
    expect((await reader.getData('/n/123')).data?.toString()).toBe('123')
  })

  it('makes private files and folders', async () => {
    const dataDir = join(folder, 'data')
    const server = await startServer({ dataDir })
    await server.close()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })

  it('refuses a data directory that another server has, and leaves it alone', async () => {
    const dataDir = join(folder, 'data')
    await using first = await startServer({ dataDir })
    await expect(startServer({ dataDir })).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    await using client = await connect(first.connectString)
    await client.create('/still-here')
  })

  it('refuses a damaged log with the file and the place, and changes nothing', async () => {
    const dataDir = join(folder, 'data')
    const first = await startServer({ dataDir })
    const client = await connect(first.connectString)
    for (let i = 0; i < 20; i++) await client.create(`/n${i}`)
    await client.close()
    await first.close()
    const segment = join(dataDir, 'log', '0000000001.log')
    const { readFileSync } = await import('node:fs')
    const bytes = readFileSync(segment)
    bytes[1200] = (bytes[1200] ?? 0) ^ 0xff
    writeFileSync(segment, bytes)
    const error = await startServer({ dataDir }).catch((e: unknown) => e)
    expect(ZoariumError.is(error, 'ERR_STORAGE')).toBe(true)
    expect(String(error)).toContain('0000000001.log')
    expect(readFileSync(segment).equals(bytes)).toBe(true)
  })

  it('rejects with the error of the system when the port is taken, and holds nothing then', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const address = blocker.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const dataDir = join(folder, 'data')
    await expect(startServer({ port, dataDir })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await using server = await startServer({ dataDir })
    expect(server.port).not.toBe(port)
    blocker.close()
  })

  it.each<[string, ServerOptions, string]>([
    ['port', { port: 70_000 }, 'port: expected an integer from 0 to 65535, got 70000'],
    ['serverId', { serverId: 0 }, 'serverId: expected an integer from 1 to 255, got 0'],
    [
      'session timeouts',
      { minSessionTimeoutMs: 10, maxSessionTimeoutMs: 5 },
      'minSessionTimeoutMs: expected at most maxSessionTimeoutMs (5), got 10',
    ],
    ['superDigest', { superDigest: 'nonsense' }, 'superDigest: expected user:base64(sha1(user:password)), got something else'],
  ])('says what is wrong with %s', async (_, options, text) => {
    await expect(startServer(options)).rejects.toThrow(text)
    await expect(startServer(options)).rejects.toMatchObject({ code: 'ERR_CONFIG' })
  })

  it('can be aborted, and leaves nothing behind', async () => {
    const dataDir = join(folder, 'data')
    const reason = new Error('changed my mind')
    await expect(startServer({ dataDir }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(existsSync(dataDir)).toBe(false)
    const abort = new AbortController()
    const starting = startServer({ dataDir }, { signal: abort.signal })
    abort.abort(reason)
    await expect(starting).rejects.toBe(reason)
    await (await startServer({ dataDir })).close()
  })
})

describe('close', () => {
  it('answers what is in work first, and may be called twice', async () => {
    const server = await startServer({ dataDir: join(folder, 'data') })
    const client = await connect(server.connectString)
    const writes = Array.from({ length: 100 }, (_, i) => client.create(`/n${i}`))
    await writes[0]
    const [closed] = [server.close(), server.close()]
    const outcomes = await Promise.allSettled(writes)
    await closed
    await client.close()
    // Whatever was acknowledged is there; the others know that they do not know, or that they were never sent.
    const acknowledged = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [`n${i}`] : []))
    expect(acknowledged.length).toBeGreaterThan(0)
    await using again = await startServer({ dataDir: join(folder, 'data') })
    await using reader = await connect(again.connectString)
    const { children } = await reader.getChildren('/')
    expect(acknowledged.filter((name) => !children.includes(name))).toEqual([])
  })

  it('ends although a client never reads', async () => {
    const server = await startTestServer()
    const socket = await open(server)
    socket.pause()
    await server.close()
    socket.destroy()
  })
})

describe('what comes in', () => {
  it('connections above the limit of an address are closed and counted', async () => {
    await using server = await startServer({ maxConnectionsPerAddress: 2 })
    const sockets = [await open(server), await open(server)]
    const third = await open(server)
    expect(await untilClosed(third)).toBe('')
    expect(server.view.stats().refusals.get('too_many_connections')).toBe(1)
    sockets[0]?.destroy()
    await until(() => server.view.stats().connections === 1)
    const fourth = await open(server)
    fourth.write('ruok')
    expect(await untilClosed(fourth)).toBe('imok')
    sockets[1]?.destroy()
  })

  it('random bytes, a TLS hello and a frame of 2 GiB close their connection with a counted reason and harm nobody', async () => {
    await using server = await startTestServer()
    await using client = await connect(server.connectString)
    for (const bytes of [
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
      Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]),
      Buffer.from([0xff, 0xff, 0xff, 0xf0]),
      Buffer.from([0, 0, 0, 3, 1, 2, 3]),
    ]) {
      const socket = await open(server)
      const closed = untilClosed(socket)
      socket.write(bytes)
      expect(await closed).toBe('')
    }
    const { refusals } = server.view.stats()
    expect([...refusals.values()].reduce((a, b) => a + b, 0)).toBe(4)
    await client.create('/fine')
  })

  it('a handshake that drips byte by byte is understood; one that stops is given up', async () => {
    await using server = await startTestServer({ handshakeTimeoutMs: 300 })
    const hello = Buffer.alloc(49)
    hello.writeInt32BE(45, 0)
    hello.writeInt32BE(5000, 16)
    hello.writeInt32BE(16, 28)
    const dripping = await open(server)
    const answered = new Promise<Buffer>((resolve) => dripping.once('data', resolve))
    for (const byte of hello) dripping.write(Buffer.from([byte]))
    expect((await answered).readInt32BE(8)).toBeGreaterThan(0)
    dripping.destroy()
    const silent = await open(server)
    silent.write(hello.subarray(0, 20))
    expect(await untilClosed(silent)).toBe('')
    expect(server.view.stats().refusals.get('handshake_timeout')).toBe(1)
  })

  it('four-letter words are answered as the whitelist allows', async () => {
    await using server = await startServer({ fourLetterWords: ['ruok'] })
    const ask = async (word: string): Promise<string> => {
      const socket = await open(server)
      const answer = untilClosed(socket)
      socket.write(word)
      return answer
    }
    expect(await ask('ruok')).toBe('imok')
    expect(await ask('mntr')).toContain('is not executed because it is not in the whitelist')
  })
})

describe('startTestServer', () => {
  it('lets a test watch a session expire', async () => {
    await using server = await startTestServer()
    await using watcher = await connect(server.connectString, { sessionTimeoutMs: 2000 })
    const socket = await open(server)
    const hello = Buffer.alloc(49)
    hello.writeInt32BE(45, 0)
    hello.writeInt32BE(100, 16)
    hello.writeInt32BE(16, 28)
    socket.write(hello)
    await until(() => server.view.stats().sessionCount === 2)
    socket.on('error', () => {})
    await until(() => server.view.stats().sessionCount === 1)
    expect(await watcher.exists('/')).not.toBeNull()
    socket.destroy()
  })
})
