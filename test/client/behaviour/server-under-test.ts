// test: the server that the client's behavioural suite runs against. It is chosen here and nowhere else, by the environment, so that the
// files beside this one run unchanged on this package's server (npm test) and on Apache ZooKeeper (npm run test:interop), and on three servers
// (npm run interop:recipes).
//
// A test gets an empty tree. This package's server is made anew for each test; the others are started once for each file, and emptied
// before each test.

import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Client, connect } from '../../../core/index.ts'
import { type Server, type ServerOptions, startServer } from '../../../core/server/index.ts'
import { expireSession, FaultyNetwork } from '../../../core/testing/index.ts'
import { EnsembleProcesses } from '../../ensemble/ensemble-processes.ts'
import { startApacheZooKeeperIn } from '../../interop/support/apache-zookeeper.ts'
import { watchesAt } from '../../support/four-letters.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import type { Fixture } from '../support.ts'

/** Where the protocol leaves servers a choice, and the two differ. What the client makes of it is stated in its documentation. */
export interface Traits {
  /** Whether events, and the creations of a transaction, tell their zxid and Stat: Apache ZooKeeper does from 3.9 on. */
  readonly tellsZxidOfEvents: boolean
  readonly tellsStatInTransactions: boolean
}

export interface ServerUnderTest {
  /** What a client connects to: the way through {@link network}. */
  readonly connectString: string
  /** The way around the network. */
  readonly direct: string
  readonly network: FaultyNetwork
  readonly traits: Traits
  /** Watches that the server holds, all clients together. */
  watchCount(): Promise<number>
  /** Ends the client's session behind its back. */
  expire(client: Client): Promise<void>
}

/** One that keeps its data, and can die. */
export interface DurableServer extends ServerUnderTest {
  /** Ends it as a crash would, and starts it again on its data and its port. */
  restart(whileDown?: () => Promise<void>): Promise<void>
}

const { CLIENT_SUITE_SERVER = 'zoarium' } = process.env
const onApache = CLIENT_SUITE_SERVER === 'zookeeper'

const TRAITS: Traits = { tellsZxidOfEvents: !onApache, tellsStatInTransactions: !onApache }

/** Ticks so short that a test can watch a session expire. */
const TICK_MS = 50
const OPTIONS: ServerOptions = {
  tickTimeMs: TICK_MS,
  maxSessionTimeoutMs: 60_000,
  maxConnectionsPerAddress: 0,
  fourLetterWords: ['*'],
}
const APACHE_LINES = ['maxSessionTimeout=60000']
/** Who may empty the tree, whatever a test left in it. */
const SUPER = 'super:secret'
const SUPER_DIGEST = `super:${sha1(SUPER)}`

interface Make {
  serverUnderTest(fixture: Fixture): Promise<ServerUnderTest>
  durableServer(fixture: Fixture): Promise<DurableServer>
}

const MAKES: Readonly<Record<string, Make>> = {
  zoarium: { serverUnderTest: ownServer, durableServer: durableOwn },
  ensemble: { serverUnderTest: (fixture) => sharedServer(fixture, startEnsemble), durableServer: durableEnsemble },
  zookeeper: { serverUnderTest: (fixture) => sharedServer(fixture, startApache), durableServer: durableApache },
}

export function serverUnderTest(fixture: Fixture): Promise<ServerUnderTest> {
  return make().serverUnderTest(fixture)
}

export function durableServer(fixture: Fixture): Promise<DurableServer> {
  return make().durableServer(fixture)
}

function make(): Make {
  const chosen = MAKES[CLIENT_SUITE_SERVER]
  if (chosen === undefined) throw new Error(`CLIENT_SUITE_SERVER: expected ${Object.keys(MAKES).join(', ')}, got ${CLIENT_SUITE_SERVER}`)
  return chosen
}

async function ownServer(fixture: Fixture): Promise<ServerUnderTest> {
  const server = await startServer(OPTIONS)
  fixture.cleanup(() => server.close())
  return behindNetwork(fixture, server.port)
}

async function durableOwn(fixture: Fixture): Promise<DurableServer> {
  const dataDir = await folder(fixture)
  const port = await reservedPort()
  let server: Server = await startServer({ ...OPTIONS, dataDir, port })
  fixture.cleanup(() => server.close())
  return {
    ...(await behindNetwork(fixture, port)),
    async restart(whileDown) {
      await server.close()
      await whileDown?.()
      server = await startServer({ ...OPTIONS, dataDir, port })
    },
  }
}

/** One that all tests of a file share. */
interface SharedServer {
  readonly port: number
  end(): Promise<void>
}

let shared: Promise<SharedServer> | null = null

async function sharedServer(fixture: Fixture, start: (home: string) => Promise<SharedServer>): Promise<ServerUnderTest> {
  shared ??= startIn(await mkdtemp(join(tmpdir(), 'zoarium-client-')), start)
  const { port } = await shared
  await using client = await connect(`zk://${SUPER}@127.0.0.1:${port}`)
  const { children } = await client.getChildren('/')
  await Promise.all(children.filter((name) => name !== 'zookeeper').map((name) => client.deleteRecursive(`/${name}`)))
  return behindNetwork(fixture, port)
}

async function startIn(home: string, start: (home: string) => Promise<SharedServer>): Promise<SharedServer> {
  const { port, end } = await start(home)
  return {
    port,
    async end() {
      await end()
      await rm(home, { recursive: true })
    },
  }
}

afterAll(async () => {
  await (await shared)?.end()
})

async function startApache(home: string): Promise<SharedServer> {
  const port = await reservedPort()
  const properties = [`zookeeper.DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`]
  const server = await startApacheZooKeeperIn(home, { port, tickTimeMs: TICK_MS, lines: APACHE_LINES, properties })
  return { port, end: () => server.kill() }
}

async function startEnsemble(home: string): Promise<SharedServer> {
  const ensemble = await EnsembleProcesses.start(3, home, { ...OPTIONS, superDigest: SUPER_DIGEST })
  return { port: await portOfFollower(ensemble), end: () => ensemble[Symbol.asyncDispose]() }
}

/** What its clients write is forwarded. */
async function portOfFollower(ensemble: EnsembleProcesses): Promise<number> {
  const leader = await ensemble.leaderKnown()
  const follower = ensemble.ids.find((id) => id !== leader) ?? leader
  return Number(ensemble.addressOf(follower).split(':')[1])
}

async function durableEnsemble(fixture: Fixture): Promise<DurableServer> {
  const ensemble = await EnsembleProcesses.start(3, await folder(fixture), OPTIONS)
  fixture.cleanup(() => ensemble[Symbol.asyncDispose]())
  return {
    ...(await behindNetwork(fixture, await portOfFollower(ensemble))),
    async restart(whileDown) {
      await Promise.all(ensemble.ids.map((id) => ensemble.kill(id)))
      await whileDown?.()
      await Promise.all(ensemble.ids.map((id) => ensemble.start(id)))
    },
  }
}

async function durableApache(fixture: Fixture): Promise<DurableServer> {
  const home = await folder(fixture)
  const options = { port: await reservedPort(), tickTimeMs: TICK_MS, lines: APACHE_LINES }
  let server = await startApacheZooKeeperIn(home, options)
  fixture.cleanup(() => server.kill())
  return {
    ...(await behindNetwork(fixture, options.port)),
    async restart(whileDown) {
      await server.kill()
      await whileDown?.()
      server = await startApacheZooKeeperIn(home, options)
    },
  }
}

async function behindNetwork(fixture: Fixture, port: number): Promise<ServerUnderTest> {
  const target = { host: '127.0.0.1', port }
  const network = await FaultyNetwork.start(target)
  fixture.cleanup(() => network.close())
  return {
    connectString: network.connectString,
    direct: `127.0.0.1:${port}`,
    network,
    traits: TRAITS,
    watchCount: () => watchesAt(target),
    expire: (client) => expireSession(target, client.session),
  }
}

async function folder(fixture: Fixture): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'zoarium-client-'))
  fixture.cleanup(() => rm(home, { recursive: true, force: true }))
  return home
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('base64')
}
