import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL } from '../../core/wire/records.ts'
import { CommandProcess, type StartOptions } from './command-process.ts'
import { ConnectionCut, NEW_SESSION, RawSession } from './raw-session.ts'

/** Sends a four-letter word and reads to the end. */
async function ask(port: number, word: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(word))
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await once(socket, 'end')
  return text
}

function logLines(stderr: string): Record<string, unknown>[] {
  return stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('zoarium server', () => {
  let folder: string
  const started: CommandProcess[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zoarium-server-'))
  })

  afterEach(async () => {
    for (const server of started.splice(0)) await server.kill()
    await rm(folder, { recursive: true })
  })

  async function start(args: readonly string[], options: StartOptions = {}): Promise<CommandProcess> {
    const server = await CommandProcess.start(['server', ...args], { cwd: folder, ...options })
    started.push(server)
    return server
  }

  test('says with a JSON line when and where it listens, and serves from then on', async () => {
    const server = await start(['--port', '0', '--json', '--data-dir', 'data'])
    const line = await server.listening()
    expect(line).toMatchObject({ event: 'listening', host: '127.0.0.1', dataDir: 'data' })
    expect(await ask(line.port, 'ruok')).toBe('imok')
    expect(existsSync(join(folder, 'data'))).toBe(true)
  })

  test('says it in words without --json, and keeps its data in ./zoarium-data', async () => {
    const server = await start(['--port', '0'])
    expect(await server.stdoutLine()).toMatch(/^zoarium \S+ is listening on 127\.0\.0\.1:\d+ \(data in .*\/zoarium-data\)$/)
    expect(await readdir(folder)).toEqual(['zoarium-data'])
  })

  test('--in-memory leaves nothing on disk', async () => {
    const server = await start(['--port', '0', '--in-memory'])
    expect(await server.stdoutLine()).toContain('(in memory: everything is forgotten at the end)')
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  test('flags win over the environment, the environment over zoo.cfg, zoo.cfg over defaults', async () => {
    await writeFile(
      join(folder, 'zoo.cfg'),
      'clientPort=0\ntickTime=1111\nmaxClientCnxns=11\nminSessionTimeout=1111\n4lw.commands.whitelist=conf\n',
    )
    const env = { ZOARIUM_MAX_CONNECTIONS_PER_ADDRESS: '22', ZOARIUM_MIN_SESSION_TIMEOUT_MS: '2222', ZOARIUM_IN_MEMORY: 'true' }
    const server = await start(['zoo.cfg', '--json', '--min-session-timeout-ms', '3333'], { env })
    const { port, dataDir } = await server.listening()
    expect(dataDir).toBeNull()
    const conf = await ask(port, 'conf')
    expect(conf).toContain('tickTime=1111\n')
    expect(conf).toContain('maxClientCnxns=22\n')
    expect(conf).toContain('minSessionTimeout=3333\n')
    expect(conf).toContain('maxSessionTimeout=22220\n')
  })

  test('--data-dir and --in-memory: the stronger source wins', async () => {
    const memory = await start(['--port', '0', '--json', '--in-memory'], { env: { ZOARIUM_DATA_DIR: 'from-env' } })
    expect((await memory.listening()).dataDir).toBeNull()
    const disk = await start(['--port', '0', '--json', '--data-dir', 'from-flag'], { env: { ZOARIUM_IN_MEMORY: 'true' } })
    expect((await disk.listening()).dataDir).toBe('from-flag')
  })

  test('logs JSON lines on stderr, warnings of zoo.cfg and unknown variables among them', async () => {
    await writeFile(join(folder, 'zoo.cfg'), 'clientPort=0\nautopurge.purgeInterval=1\n')
    const server = await start(['zoo.cfg', '--in-memory', '--json'], { env: { ZOARIUM_PROT: '1' } })
    await server.listening()
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
    const lines = logLines(server.stderr)
    expect(lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      'zoo.cfg:2: autopurge.purgeInterval: ignored: what a snapshot has made superfluous is purged always',
      'zoo.cfg: clientPortAddress is not set: listening on 127.0.0.1 only (ZooKeeper listens on every address)',
      'the environment variable ZOARIUM_PROT is not known here',
    ])
    for (const line of lines) expect(line).toMatchObject({ pid: server.pid, time: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(server.stdout.split('\n')).toHaveLength(2)
  })

  test('--log-level silent says nothing, --log-format pretty is for people', async () => {
    const silent = await start(['--port', '0', '--in-memory', '--log-level', 'silent'])
    await silent.stdoutLine()
    silent.signal('SIGINT')
    expect(await silent.exited).toBe(0)
    expect(silent.stderr).toBe('')
    const pretty = await start(['--port', '0', '--in-memory', '--log-format', 'pretty'])
    await pretty.stdoutLine()
    expect(pretty.stderr).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}\S/)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it in order with 0, and what was acknowledged is there again', async (signal) => {
    const args = ['--port', '0', '--json', '--data-dir', 'data']
    const first = await start(args)
    const session = await RawSession.open((await first.listening()).port, NEW_SESSION, 10_000)
    const created = await session.request({ op: OpCode.create, path: '/a', data: Buffer.from('kept'), acl: OPEN_ACL, flags: 0 })
    expect(created.err).toBe(ErrorCode.ok)
    first.signal(signal)
    expect(await first.exited).toBe(0)
    expect(logLines(first.stderr).at(-1)).toMatchObject({ msg: 'stopped' })

    const second = await start(args)
    const again = await RawSession.open((await second.listening()).port, session.identity, 10_000)
    expect(again.identity).toEqual(session.identity)
    const read = await again.request({ op: OpCode.getData, path: '/a', watch: false })
    expect(read.err).toBe(ErrorCode.ok)
    expect(read.body.buffer()?.toString()).toBe('kept')
    again.cut()
  })

  test('a port that is in use ends it with 4', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    try {
      const address = listener.address()
      const port = typeof address === 'object' && address !== null ? String(address.port) : ''
      const server = await start(['--port', port, '--in-memory'])
      expect(await server.exited).toBe(4)
      expect(server.stdout).toBe('')
      expect(logLines(server.stderr).at(-1)).toMatchObject({ level: 'error', exitCode: 4, err: { code: 'EADDRINUSE' } })
    } finally {
      listener.close()
    }
  })

  test('an address that is not ours ends it with 4', async () => {
    const server = await start(['--port', '0', '--in-memory', '--host', '203.0.113.7'])
    expect(await server.exited).toBe(4)
  })

  test('a data directory that another server uses ends it with 5', async () => {
    const first = await start(['--port', '0', '--json', '--data-dir', 'data'])
    await first.listening()
    const second = await start(['--port', '0', '--json', '--data-dir', 'data'])
    expect(await second.exited).toBe(5)
    expect(second.stdout).toBe('')
    first.signal('SIGTERM')
    expect(await first.exited).toBe(0)
  })

  test('a data directory of Apache ZooKeeper ends it with 5 and is not touched', async () => {
    await mkdir(join(folder, 'data/version-2'), { recursive: true })
    const server = await start(['--port', '0', '--data-dir', 'data'])
    expect(await server.exited).toBe(5)
    expect(server.stderr).toContain('holds data of Apache ZooKeeper')
    expect(await readdir(join(folder, 'data'))).toEqual(['version-2'])
  })

  test('a file in place of the data directory ends it with 5', async () => {
    await writeFile(join(folder, 'data'), '')
    const server = await start(['--port', '0', '--data-dir', 'data'])
    expect(await server.exited).toBe(5)
  })

  test('a write that fails ends it with 6, without an answer to what is not durable', async () => {
    // No file may grow beyond 1.5 MiB: the log's first segment fits, a later one does not.
    const server = await start(['--port', '0', '--json', '--data-dir', 'data'], { fileSizeBlocks: 3072 })
    const session = await RawSession.open((await server.listening()).port, NEW_SESSION, 10_000)
    const data = Buffer.alloc(100_000, 1)
    let answered = 0
    const write = async (): Promise<void> => {
      for (;;) {
        const { err } = await session.request({ op: OpCode.create, path: `/n${answered}`, data, acl: OPEN_ACL, flags: 0 })
        expect(err).toBe(ErrorCode.ok)
        answered += 1
        if (answered > 100) throw new Error('the limit was never reached')
      }
    }
    await expect(write()).rejects.toThrow(ConnectionCut)
    expect(await server.exited).toBe(6)
    expect(logLines(server.stderr).at(-1)).toMatchObject({ level: 'error', exitCode: 6 })

    const again = await start(['--port', '0', '--json', '--data-dir', 'data'])
    const reader = await RawSession.open((await again.listening()).port, NEW_SESSION, 10_000)
    const { body } = await reader.request({ op: OpCode.getChildren, path: '/', watch: false })
    const children = new Set(Array.from({ length: body.vectorCount(4) }, () => body.ustring()))
    for (let n = 0; n < answered; n++) expect(children.has(`n${n}`)).toBe(true)
    reader.cut()
  })

  test('a write that fails before it listens ends it with 6 too', async () => {
    // Half a mebibyte: the first segment of the log does not fit.
    const server = await start(['--port', '0', '--json', '--data-dir', 'data'], { fileSizeBlocks: 1024 })
    expect(await server.exited).toBe(6)
    expect(server.stdout).toBe('')
    expect(logLines(server.stderr).at(-1)).toMatchObject({ level: 'error', exitCode: 6 })
  })

  test('a reader of stdout that goes away before the line is written does not stop it', async () => {
    const server = await start(['--port', '0', '--json', '--in-memory'])
    server.closeStdout()
    await server.until(() => server.stderr.includes('"msg":"listening"'), 'the log says that it listens')
    const { port } = logLines(server.stderr).find(({ msg }) => msg === 'listening') ?? {}
    expect(await ask(Number(port), 'ruok')).toBe('imok')
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
  })
})
