// Servers of one process form an ensemble, lose members and get them back, and clients notice nothing that they need not.
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Client, connect, ZoariumError } from 'zoarium'
import { type LocalEnsembleOptions, startEnsemble, startServer } from 'zoarium/server'
import { type ProcessEnsemble, startProcessEnsemble } from '../../core/server/ensemble.ts'
import type { Logger } from '../../core/support/logger.ts'
import type { StateMachine } from '../../core/tree/state-machine.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-ensemble-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Gathers what is logged. */
function listener(): { logger: Logger; lines: { fields: { problems?: unknown }; message: string }[] } {
  const lines: { fields: { problems?: unknown }; message: string }[] = []
  const say = (fields: object, message: string): void => {
    lines.push({ fields: { ...fields }, message })
  }
  return { lines, logger: { debug() {}, info: say, warn: say, error: say } }
}

function start(options: LocalEnsembleOptions = {}, limits = {}): Promise<ProcessEnsemble> {
  return startProcessEnsemble(3, { dataDir: folder, ...options }, {}, { limits })
}

/** A client of one server alone. */
async function connectTo(ensemble: ProcessEnsemble, serverId: number): Promise<Client> {
  const server = ensemble.servers.get(serverId)
  if (server === undefined) throw new Error(`server ${serverId} does not run`)
  return connect(server.connectString)
}

/** Writes one after the other until it is told to stop; every error is kept. */
class Writer {
  written = 0
  readonly errors: unknown[] = []
  readonly #client: Client
  readonly #path: string
  #stopping = false
  readonly #done: Promise<void>

  constructor(client: Client, path: string) {
    this.#client = client
    this.#path = path
    this.#done = this.#write()
  }

  async #write(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#client.setData(this.#path, String(this.written + 1))
        this.written += 1
      } catch (error) {
        this.errors.push(error)
        return
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#done
  }
}

describe('an ensemble in one process', () => {
  it('serves one tree from all its servers', async () => {
    await using ensemble = await startEnsemble(3)
    const [a, b, c] = await Promise.all([...ensemble.servers.values()].map((server) => connect(server.connectString)))
    if (a === undefined || b === undefined || c === undefined) throw new Error('three servers')
    await a.create('/greeting', 'hello')
    await b.sync('/')
    expect((await b.getData('/greeting')).data?.toString()).toBe('hello')
    const watched = await b.watch('/greeting')
    await c.setData('/greeting', 'again')
    for await (const event of watched) {
      if (event.type === 'changed') break
    }
    expect((await b.getData('/greeting')).data?.toString()).toBe('again')
    const modes = [...ensemble.servers.values()].map(({ view }) => view.stats().mode)
    expect(modes.sort()).toEqual(['follower', 'follower', 'leader'])
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('is stopped and started again server by server under load: no client sees an error, nothing is lost', async () => {
    await using ensemble = await start()
    const client = await connect(ensemble.connectString)
    const paths = Array.from({ length: 8 }, (_, i) => `/load-${i}`)
    for (const path of paths) await client.create(path, '0')
    const writers = paths.map((path) => new Writer(client, path))
    for (const id of [...ensemble.servers.keys()]) {
      const before = writers.reduce((sum, { written }) => sum + written, 0)
      await ensemble.stop(id)
      await ensemble.start(id)
      await until(() => writers.reduce((sum, { written }) => sum + written, 0) > before + 20)
    }
    for (const writer of writers) await writer.stop()
    expect(writers.flatMap(({ errors }) => errors)).toEqual([])
    for (const [i, path] of paths.entries()) expect((await client.getData(path)).data?.toString()).toBe(String(writers[i]?.written))
    await client.close()
  })

  it('keeps sessions, ephemeral nodes and watches of clients whose server goes', async () => {
    await using ensemble = await start()
    const client = await connect(ensemble.connectString)
    await client.create('/mine', 'x', { mode: 'ephemeral' })
    const { id } = client.session
    const other = await connect(ensemble.connectString)
    const events: string[] = []
    const watch = await client.watch('/seen', { recursive: true })
    const following = (async () => {
      for await (const event of watch) events.push(event.type)
    })()
    // Whichever server the client is on, it goes once.
    for (const serverId of [1, 2, 3]) {
      await ensemble.stop(serverId)
      await ensemble.start(serverId)
    }
    await other.create('/seen', 'y')
    await until(() => events.includes('created'))
    expect(client.session.id).toBe(id)
    expect(await other.exists('/mine')).not.toBeNull()
    await client.close()
    await following
    await other.sync('/')
    expect(await other.exists('/mine')).toBeNull()
    await other.close()
  })

  it('answers nobody without a quorum, and goes on with everything when it has one again', async () => {
    await using ensemble = await start({ heartbeatMs: 20, electionMs: 100, minSessionTimeoutMs: 1100 })
    const leader = ensemble.leaderId
    const [one, two] = [1, 2, 3].filter((id) => id !== leader) as [number, number]
    const client = await connectTo(ensemble, leader)
    await client.create('/kept', 'v')
    await ensemble.stop(one)
    ensemble.network.cut(leader, two)
    ensemble.network.cut(two, leader)
    const late = client.setData('/kept', 'w').then(
      () => 'done',
      (error: unknown) => (ZoariumError.is(error) ? error.code : 'other'),
    )
    await until(() => ensemble.servers.get(leader)?.view.serving === false)
    ensemble.network.heal(leader, two)
    ensemble.network.heal(two, leader)
    // Its connection was closed while nobody could know what became of it.
    expect(['done', 'ERR_UNKNOWN_OUTCOME']).toContain(await late)
    await client.setData('/kept', 'x')
    expect((await client.getData('/kept')).data?.toString()).toBe('x')
    await client.close()
  })

  it('brings back a server that is too far behind for the log with a snapshot', async () => {
    const { logger, lines } = listener()
    await using ensemble = await start({ logger, snapshotEveryEntries: 50 }, { retainBytes: 20_000, retainForPeersBytes: 40_000 })
    const behind = ensemble.leaderId === 1 ? 2 : 1
    await ensemble.stop(behind)
    const client = await connect(ensemble.connectString)
    const names = Array.from({ length: 400 }, (_, i) => `/node-${i}`)
    await Promise.all(names.map((name) => client.create(name, Buffer.alloc(500, 1))))
    await ensemble.start(behind)
    expect(lines.map(({ message }) => message)).toContain("the leader's snapshot is installed")
    const there = await connectTo(ensemble, behind)
    await there.sync('/')
    expect(await there.getChildren('/')).toMatchObject({ children: expect.arrayContaining(names.map((name) => name.slice(1))) })
    // And it is a whole member again.
    const other = [1, 2, 3].find((id) => id !== behind && id !== ensemble.leaderId) as number
    await ensemble.stop(other)
    await there.create('/after', 'z')
    await Promise.all([client.close(), there.close()])
  })
})

describe('a state that is not that of the others', () => {
  /** Begins with a node that all servers have. */
  async function begin(options: LocalEnsembleOptions = {}) {
    const states = new Map<number, () => StateMachine>()
    const { logger, lines } = listener()
    const onState = (id: number, state: () => StateMachine) => void states.set(id, state)
    const ensemble = await startProcessEnsemble(3, { dataDir: folder, logger, ...options }, {}, { onState })
    const client = await connectTo(ensemble, ensemble.leaderId)
    await client.create('/a', 'right')
    await until(() => [...states.values()].every((state) => state().node('/a') !== undefined))
    // Behind the back of everything that watches over changes.
    const spoil = (id: number): void => states.get(id)?.().node('/a')?.noteDelete(3)
    const followers = [1, 2, 3].filter((id) => id !== ensemble.leaderId) as [number, number]
    return { ensemble, client, lines, spoil, followers }
  }

  it('ends a follower that differs once the spoiled node is written, and the others go on', async () => {
    const { ensemble, client, lines, spoil, followers } = await begin()
    await using _ = ensemble
    const [wrong] = followers
    spoil(wrong)
    await client.setData('/a', 'also right')
    const server = ensemble.servers.get(wrong)
    expect(await server?.failed).toMatchObject({ code: 'DATA_INCONSISTENCY' })
    expect(server?.view.serving).toBe(false)
    expect(server?.view.health().stateFailure).toMatch(/^the state of this server is wrong: a quorum has another after entry \d+ \(servers/)
    await until(() => lines.some(({ message }) => message === 'the state of other servers is wrong: a quorum has another'))
    await client.setData('/a', 'served')
    await client.close()
  })

  it('gets another state when it starts again: of the log, if that is there from its beginning', async () => {
    const { ensemble, client, spoil, followers } = await begin()
    await using _ = ensemble
    const [wrong] = followers
    spoil(wrong)
    await client.setData('/a', 'right')
    await ensemble.servers.get(wrong)?.failed
    await ensemble.stop(wrong)
    await ensemble.start(wrong)
    await until(() => ensemble.servers.get(wrong)?.view.ensemble()?.agreeingServers === 3)
    await client.close()
  })

  it('gets another state when it starts again: of the others, if its own is in the snapshots', async () => {
    const { ensemble, client, spoil, followers, lines } = await begin({ snapshotEveryEntries: 20 })
    await using _ = ensemble
    const [wrong, other] = followers
    const first = join(folder, String(wrong), 'log', '0000000001.log')
    while (existsSync(first)) await client.setData('/a', Buffer.alloc(100_000, 1))
    spoil(wrong)
    await client.setData('/a', 'right')
    await ensemble.servers.get(wrong)?.failed
    await ensemble.stop(wrong)
    await ensemble.start(wrong)
    await until(() => ensemble.servers.get(wrong)?.view.ensemble()?.agreeingServers === 3)
    expect(lines.filter(({ message }) => message === 'recovery').length).toBeGreaterThan(0)
    await until(() => lines.some(({ message }) => message.startsWith('everything that was lost is here again')))
    expect(ensemble.servers.get(wrong)?.view.ensemble()?.role).toBe('follower')
    // And it has a vote again.
    await ensemble.stop(other)
    await client.setData('/a', 'with its vote')
    await client.close()
  })

  it('ends a leader that differs; another takes over', async () => {
    const { ensemble, client, spoil, followers } = await begin()
    await using _ = ensemble
    const wrong = ensemble.leaderId
    spoil(wrong)
    await client.setData('/a', 'wrong number, right data')
    expect(await ensemble.servers.get(wrong)?.failed).toMatchObject({ code: 'DATA_INCONSISTENCY' })
    await client.close()
    const other = await connectTo(ensemble, followers[0])
    expect((await other.getData('/a')).data?.toString()).toBe('wrong number, right data')
    await other.setData('/a', 'next')
    await other.close()
  })

  it('stops writes when nobody can tell who is right, and takes them again when somebody can', async () => {
    const { ensemble, client, spoil, followers } = await begin()
    await using _ = ensemble
    const [wrong, absent] = followers
    await ensemble.stop(absent)
    spoil(wrong)
    await client.setData('/a', 'right, too')
    const leader = ensemble.servers.get(ensemble.leaderId)
    await until(() => leader?.view.health().writeRefusal === 'servers differ in their state, and no quorum has the same')
    await expect(client.setData('/a', 'refused')).rejects.toMatchObject({ code: 'SYSTEM_ERROR' })
    expect((await client.getData('/a')).data?.toString()).toBe('right, too')
    const failed = ensemble.servers.get(wrong)?.failed
    await ensemble.start(absent)
    expect(await failed).toMatchObject({ code: 'DATA_INCONSISTENCY' })
    await until(() => leader?.view.health().writeRefusal === null)
    await client.setData('/a', 'taken')
    await client.close()
  })
})

describe('/zookeeper/config', () => {
  const CONFIG = '/zookeeper/config'

  it('names the servers, where their clients come to, and the entry that said so', async () => {
    await using ensemble = await start()
    const client = await connect(ensemble.connectString)
    const changed = client.nextEvent(CONFIG, 'data')
    const text = async (): Promise<string> => (await client.getData(CONFIG)).data?.toString() ?? ''
    if ((await text()) === '') await changed
    const ports = new Map([...ensemble.servers].map(([id, { port }]) => [id, port]))
    const lines = [1, 2, 3].map((id) => `server.${id}=127.0.0.1:${id}:${id + 1000}:participant;127.0.0.1:${ports.get(id)}`)
    const { data, stat } = await client.getData(CONFIG)
    expect(data?.toString().split('\n')).toEqual([...lines, `version=${stat.mzxid.toString(16)}`])
    expect(stat).toMatchObject({ version: -1, aversion: -1, czxid: 0n })
    await expect(client.setData(CONFIG, 'x')).rejects.toMatchObject({ code: 'NO_AUTH' })
    // Nothing new to say, also by another leader, and of one that is gone the last thing known.
    const old = ensemble.leaderId
    await ensemble.stop(old)
    await client.create('/after')
    expect((await client.getData(CONFIG)).stat.mzxid).toBe(stat.mzxid)
    await client.close()
  })

  it('says nothing on a server alone, as with ZooKeeper', async () => {
    await using alone = await startServer()
    const client = await connect(alone.connectString)
    expect((await client.getData(CONFIG)).data?.length).toBe(0)
    await client.close()
  })
})

describe('a log that is damaged', () => {
  /** Overwrites what lies in the middle of the log that server `id` has used so far. */
  function damage(id: number): void {
    const path = join(folder, String(id), 'log', '0000000001.log')
    const file = openSync(path, 'r+')
    const bytes = readFileSync(path)
    const used = bytes.findLastIndex((byte) => byte !== 0)
    writeSync(file, Buffer.alloc(600, 0xa5), 0, 600, Math.floor(used / 2))
    closeSync(file)
  }

  async function begun() {
    const { logger, lines } = listener()
    const ensemble = await start({ logger })
    const client = await connect(ensemble.connectString)
    for (let i = 0; i < 60; i++) await client.create(`/node-${i}`, Buffer.alloc(200, i))
    const followers = [1, 2, 3].filter((id) => id !== ensemble.leaderId) as [number, number]
    return { ensemble, client, lines, followers }
  }

  it('is made good by the other servers: without a vote until everything is there, with one then', async () => {
    const { ensemble, client, lines, followers } = await begun()
    await using _ = ensemble
    const [hurt, other] = followers
    await ensemble.stop(hurt)
    damage(hurt)
    await client.create('/meanwhile')
    await ensemble.start(hurt)
    expect(lines.filter(({ message }) => message === 'recovery').length).toBeGreaterThan(0)
    await until(() => lines.some(({ message }) => message.startsWith('everything that was lost is here again')))
    expect(readdirSync(join(folder, String(hurt), 'log'))).not.toContain('recovery.mark')
    await until(() => ensemble.servers.get(hurt)?.view.ensemble()?.agreeingServers === 3)
    await ensemble.stop(other)
    await client.create('/with-its-vote')
    const there = await connectTo(ensemble, hurt)
    await there.sync('/')
    expect((await there.getData('/node-59')).data?.equals(Buffer.alloc(200, 59))).toBe(true)
    await Promise.all([client.close(), there.close()])
  })

  it('is refused by a server that belongs to no ensemble', async () => {
    const ensemble = await start()
    await ensemble.close()
    for (const id of [1, 2, 3]) rmSync(join(folder, String(id), 'log', 'identity'))
    damage(2)
    await expect(start()).rejects.toMatchObject({ code: 'ERR_STORAGE' })
  })
})

describe('who may take part', () => {
  it('a server that lost its data does not: it may have voted and acknowledged', async () => {
    const { logger, lines } = listener()
    await using ensemble = await start({ logger })
    const client = await connect(ensemble.connectString)
    await client.create('/a', '1')
    await ensemble.stop(3)
    rmSync(join(folder, '3'), { recursive: true })
    const giveUp = new AbortController()
    const starting = ensemble.start(3, { signal: giveUp.signal })
    await until(() => lines.some(({ message }) => message === 'no ensemble can be formed'))
    const said = lines.find(({ message }) => message === 'no ensemble can be formed')
    expect(said?.fields.problems).toEqual([
      "server 1 belongs to an ensemble that was formed with other data directories: this server's data was lost or replaced",
      "server 2 belongs to an ensemble that was formed with other data directories: this server's data was lost or replaced",
    ])
    giveUp.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
    await client.setData('/a', '2')
    await client.close()
  })

  it('a directory of an ensemble is not served by a server alone, nor by one of other servers, nor by another server', async () => {
    const ensemble = await start()
    await ensemble.close()
    const dataDir = join(folder, '2')
    const servers = [1, 2, 3].map((serverId) => ({ serverId, host: '127.0.0.1', peerPort: 40_000 + serverId }))
    await expect(startServer({ dataDir, serverId: 2 })).rejects.toThrow(/is that of server 2 of an ensemble of servers 1, 2, 3/)
    await expect(startServer({ dataDir, serverId: 2, ensemble: { servers: servers.slice(0, 2) } })).rejects.toThrow(
      /belongs to an ensemble of servers 1, 2, 3, but the settings name servers 1, 2/,
    )
    await expect(startServer({ dataDir, serverId: 3, ensemble: { servers } })).rejects.toThrow(/is that of server 2, this is server 3/)
  })

  it('servers that would begin with equal data may: the directory of a server alone, copied to all', async () => {
    const alone = await startServer({ dataDir: join(folder, '1') })
    const first = await connect(alone.connectString)
    await first.create('/before', 'kept')
    await first.close()
    await alone.close()
    for (const id of ['2', '3']) cpSync(join(folder, '1'), join(folder, id), { recursive: true })
    await using ensemble = await start()
    const client = await connect(ensemble.connectString)
    expect((await client.getData('/before')).data?.toString()).toBe('kept')
    await client.close()
  })
})

describe('a start that fails', () => {
  it('of one server ends the starts of the others, and tells why', async () => {
    // A file where server 3 wants its folder.
    writeFileSync(join(folder, '3'), '')
    await expect(start()).rejects.toMatchObject({ code: 'ERR_STORAGE' })
  })

  it('is given up with the reason of the signal', async () => {
    const giveUp = new AbortController()
    const starting = startEnsemble(3, {}, { signal: giveUp.signal })
    giveUp.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
  })
})

describe('options', () => {
  const servers = [1, 2, 3].map((serverId) => ({ serverId, host: '127.0.0.1', peerPort: 40_000 + serverId }))
  it.each([
    [{ ensemble: { servers: [] } }, /ensemble\.servers: expected 1 to 7 of them, got 0/],
    [{ serverId: 4, ensemble: { servers } }, /expected server 4, which this one is, among them, got 1, 2, 3/],
    [{ ensemble: { servers: [...servers, ...servers.slice(0, 1)] } }, /expected each id once, got 1 twice/],
    [{ ensemble: { servers, electionMs: 100 } }, /ensemble\.electionMs: expected an integer from 300 to 60000, got 100/],
    [{ ensemble: { servers }, minSessionTimeoutMs: 4000 }, /minSessionTimeoutMs: expected an integer from 5500 to \d+, got 4000/],
    [{ ensemble: { servers: servers.map((s) => ({ ...s, host: '10.0.0.1' })) } }, /without TLS and without an ensemble secret/],
  ])('%j is refused', async (options, message) => {
    await expect(startServer(options)).rejects.toThrow(message)
  })
})
