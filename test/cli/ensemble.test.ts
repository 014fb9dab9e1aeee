// An ensemble of real processes on this machine: one command, kill -9, status, a second start.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EnsembleEvent } from '../../core/cli/ensemble-events.ts'
import type { EnsembleStatus } from '../../core/cli/ensemble-table.ts'
import { connect } from '../../core/index.ts'
import { reservedPorts } from '../support/reserved-ports.ts'
import { CommandProcess } from './command-process.ts'

type Named<T extends EnsembleEvent['event']> = Extract<EnsembleEvent, { event: T }>

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zoarium-playground-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** `zoarium ensemble start`, and what it told. */
class Playground implements AsyncDisposable {
  readonly process: CommandProcess

  private constructor(process: CommandProcess) {
    this.process = process
  }

  static async start(...args: string[]): Promise<Playground> {
    return new Playground(await CommandProcess.start(['ensemble', 'start', '--dir', dir, '--json', ...args]))
  }

  get events(): EnsembleEvent[] {
    const lines = this.process.stdout.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as EnsembleEvent)
  }

  async event<T extends EnsembleEvent['event']>(name: T, fits: (event: Named<T>) => boolean = () => true): Promise<Named<T>> {
    const found = (): Named<T> | undefined =>
      this.events.find((event): event is Named<T> => event.event === name && fits(event as Named<T>))
    await this.process.until(() => found() !== undefined, `event ${name}`)
    const event = found()
    if (event === undefined) throw new Error(`no event ${name}`)
    return event
  }

  async stop(): Promise<number | string> {
    this.process.signal('SIGTERM')
    return this.process.exited
  }

  /** Orderly: killed, it would leave its servers behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

async function status(...args: string[]): Promise<{ code: number | string; status: EnsembleStatus }> {
  const { code, stdout } = await CommandProcess.run(['ensemble', 'status', '--json', ...args])
  return { code, status: JSON.parse(stdout) as EnsembleStatus }
}

describe('zoarium ensemble', () => {
  test('three servers survive the kill -9 of their leader, and go on after a second start', { timeout: 180_000 }, async () => {
    {
      await using playground = await Playground.start('--local', '3', '--port', '0')
      const ready = await playground.event('ready')
      expect(ready.servers).toHaveLength(3)
      // What each says of itself is on its way to the others when the last one begins to serve.
      let first = await status('--dir', dir)
      while (first.code !== 0) first = await status('--dir', dir)
      const { status: before } = first
      expect({ state: before.state, leader: before.leaderId }).toEqual({ state: 'healthy', leader: ready.leader })

      // Clients of the others: they notice nothing.
      const others = ready.servers.filter(({ server }) => server !== ready.leader)
      await using client = await connect(others.map(({ connectString }) => connectString).join(','))
      await client.create('/before', 'kept')
      process.kill(ready.leaderPid, 'SIGKILL')
      await client.create('/after', 'kept too')
      expect(await playground.event('died')).toMatchObject({ server: ready.leader, signal: 'SIGKILL', restarts: true })
      const leader = await playground.event('leader')
      expect(leader.server).not.toBe(ready.leader)
      expect(leader.term).toBeGreaterThan(before.term)
      await playground.event('listening', ({ server, pid }) => server === ready.leader && pid !== ready.leaderPid)
      // What it says of itself reaches the others within a second.
      let now = await status('--dir', dir)
      while (now.code !== 0) now = await status('--data-dir', join(dir, String(leader.server), 'data'))
      expect(now.status.servers.map(({ heard, serving }) => heard && serving)).toEqual([true, true, true])

      expect(await playground.stop()).toBe(0)
      expect(await playground.event('stopped')).toMatchObject({ orderly: true })
    }
    await using again = await Playground.start()
    const ready = await again.event('ready')
    await using client = await connect(ready.connectString)
    expect(String((await client.getData('/before')).data)).toBe('kept')
    expect(String((await client.getData('/after')).data)).toBe('kept too')
    expect(await again.stop()).toBe(0)
    const alone = await CommandProcess.run(['ensemble', 'status', '--dir', dir])
    expect(alone.code).toBe(8)
    expect(alone.stderr).toContain('no server answers')
  })

  test('a server without the others says whom it waits for; one of a formed ensemble answers for itself', {
    timeout: 120_000,
  }, async () => {
    {
      await using playground = await Playground.start('--local', '3', '--port', '0')
      await playground.event('ready')
      expect(await playground.stop()).toBe(0)
    }
    const config = join(dir, '1', 'zoo.cfg')
    await using formed = await CommandProcess.start(['server', config])
    await formed.until(() => /"phase":"ensemble","done":1,"total":3,"missing":\[2,3\]/.test(formed.stderr), 'whom it waits for')
    const { code, status: lonely } = await status('--data-dir', join(dir, '1', 'data'))
    expect(code).toBe(10)
    expect(lonely).toMatchObject({ state: 'noQuorum', leaderId: 0 })
    expect(lonely.servers.map(({ heard }) => heard)).toEqual([true, false, false])
    formed.signal('SIGTERM')
    expect(await formed.exited).toBe(0)

    const fresh = join(dir, 'fresh')
    await using unformed = await CommandProcess.start(['server', config, '--data-dir', fresh, '--server-id', '1'])
    await unformed.until(() => unformed.stderr.includes('"missing":[2,3]'), 'whom it waits for')
    unformed.signal('SIGTERM')
    expect(await unformed.exited).toBe(0)
  })

  test('a port that is taken, and flags that contradict the folder, are refused', { timeout: 60_000 }, async () => {
    await using blocker = createServer()
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    const taken = await CommandProcess.run(['ensemble', 'start', '--dir', dir, '--port', String(port)])
    expect(taken.code).toBe(3)
    expect(taken.stderr).toContain(`the client port of server 1: expected a free one, got ${port}: EADDRINUSE`)
    expect((await CommandProcess.run(['ensemble', 'start', '--local', '2'])).code).toBe(2)
    expect((await CommandProcess.run(['ensemble', 'status', '--dir', join(dir, 'none')])).code).toBe(3)
  })

  test('one server alone: told for a person, with what can be tried; its status is refused', { timeout: 60_000 }, async () => {
    const args = ['ensemble', 'start', '--dir', dir, '--local', '1', '--port', '0']
    const one = await CommandProcess.start(args, { env: { ZOARIUM_PORT: '1' } })
    try {
      await one.until(() => one.stdout.includes('stop it'), 'that it is ready')
      const [, port] = /connect to {3}127\.0\.0\.1:(\d+)\n/.exec(one.stdout) ?? []
      expect(await readFile(join(dir, '1', 'zoo.cfg'), 'utf8')).toContain(`clientPort=${port}\n`)
      const { code, stderr } = await CommandProcess.run(['ensemble', 'status', '--dir', dir])
      expect(code).toBe(3)
      expect(stderr).toContain('got one that runs alone')
      const other = await CommandProcess.run([...args.slice(0, 4), '--local', '3'])
      expect(other.stderr).toContain('--local: expected --local 1')
    } finally {
      one.signal('SIGINT')
    }
    expect(await one.exited).toBe(0)
    expect(one.stdout).toMatch(/SIGINT: stopping all servers[^\n]*\nstopped; the data stay in /)
    expect(one.stdout).not.toContain('\u001b')
  })
})

describe('from one server to three', () => {
  /** zoo.cfg, data directory and myid of one of three servers that share a secret. */
  async function write(id: number, ports: readonly number[], secretFile: string): Promise<string> {
    await writeFile(join(dir, String(id), 'myid'), String(id))
    const lines = [
      `dataDir=${join(dir, String(id))}`,
      `zoarium.peerSecretFile=${secretFile}`,
      ...[1, 2, 3].map((n) => `server.${n}=127.0.0.1:${ports[n - 1]}:1:participant;${ports[n + 2]}`),
    ]
    await writeFile(join(dir, `${id}.cfg`), lines.join('\n'))
    return join(dir, `${id}.cfg`)
  }

  test('the data directory is copied to all while it is stopped; a secret keeps strangers away', { timeout: 120_000 }, async () => {
    const old = join(dir, '1')
    {
      await using server = await CommandProcess.start(['server', '--data-dir', old, '--port', '0', '--json'])
      const { port } = await server.listening()
      await using client = await connect(`127.0.0.1:${port}`)
      await client.create('/old', 'kept')
      await client.close()
      server.signal('SIGTERM')
      expect(await server.exited).toBe(0)
    }
    for (const id of [2, 3]) await cp(old, join(dir, String(id)), { recursive: true })
    const secretFile = join(dir, 'secret')
    await writeFile(secretFile, 'a secret of sixteen bytes or more', { mode: 0o600 })
    const ports = await reservedPorts(6)
    const configs = await Promise.all([1, 2, 3].map((id) => write(id, ports, secretFile)))
    const servers = await Promise.all(configs.map((config) => CommandProcess.start(['server', config])))
    try {
      for (const server of servers) expect(await server.stdoutLine()).toMatch(/server \d of an ensemble of 3\)$/)
      await using client = await connect(`127.0.0.1:${ports[4]}`)
      expect(String((await client.getData('/old')).data)).toBe('kept')

      // Server 3 without its data is another one, which the others do not take back.
      servers[2]?.signal('SIGKILL')
      await servers[2]?.exited
      await using wiped = await CommandProcess.start(['server', configs[2] ?? '', '--data-dir', join(dir, 'wiped'), '--server-id', '3'])
      await wiped.until(() => /"reason":"incarnation".*"msg":"the peer refuses this server"/.test(wiped.stderr), 'the refusal')
      await client.create('/new', '')
      const { code, status: now } = await status('--data-dir', old)
      expect({ code, state: now.state }).toEqual({ code: 9, state: 'degraded' })
    } finally {
      for (const server of servers) server.signal('SIGTERM')
      await Promise.all(servers.map(({ exited }) => exited))
    }
  })
})
