// test: the server that the client's behavioural suite runs against. It is chosen here and nowhere else, by the environment, so that the
// files beside this one run unchanged on this package's server (npm test) and on Apache ZooKeeper (npm run test:interop).
//
// A test gets an empty tree. This package's server is made anew for each test; Apache ZooKeeper is one process for each file, emptied
// before each test.

import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Client, connect } from '../../../core/index.ts'
import { type Server, type ServerOptions, startServer } from '../../../core/server/index.ts'
import { expireSession, FaultyNetwork } from '../../../core/testing/index.ts'
import { type ApacheProcess, freePort, startApacheZooKeeperIn } from '../../interop/support/apache-zookeeper.ts'
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
if (!['zoarium', 'zookeeper'].includes(CLIENT_SUITE_SERVER)) {
  throw new Error(`CLIENT_SUITE_SERVER: expected zoarium or zookeeper, got ${CLIENT_SUITE_SERVER}`)
}
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
const SUPER_DIGEST = `zookeeper.DigestAuthenticationProvider.superDigest=super:${sha1(SUPER)}`

export function serverUnderTest(fixture: Fixture): Promise<ServerUnderTest> {
  return onApache ? sharedApache(fixture) : ownServer(fixture)
}

export function durableServer(fixture: Fixture): Promise<DurableServer> {
  return onApache ? durableApache(fixture) : durableOwn(fixture)
}

async function ownServer(fixture: Fixture): Promise<ServerUnderTest> {
  const server = await startServer(OPTIONS)
  fixture.cleanup(() => server.close())
  return behindNetwork(fixture, server.port)
}

async function durableOwn(fixture: Fixture): Promise<DurableServer> {
  const dataDir = await folder(fixture)
  let server: Server = await startServer({ ...OPTIONS, dataDir })
  const { port } = server
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

let shared: Promise<{ process: ApacheProcess; port: number; home: string }> | null = null

async function sharedApache(fixture: Fixture): Promise<ServerUnderTest> {
  shared ??= (async () => {
    const home = await mkdtemp(join(tmpdir(), 'zookeeper-client-'))
    const port = await freePort()
    const options = { port, tickTimeMs: TICK_MS, lines: APACHE_LINES, properties: [SUPER_DIGEST] }
    return { process: await startApacheZooKeeperIn(home, options), port, home }
  })()
  const { port } = await shared
  await using client = await connect(`zk://${SUPER}@127.0.0.1:${port}`)
  const { children } = await client.getChildren('/')
  await Promise.all(children.filter((name) => name !== 'zookeeper').map((name) => client.deleteRecursive(`/${name}`)))
  return behindNetwork(fixture, port)
}

afterAll(async () => {
  if (shared === null) return
  const { process: server, home } = await shared
  await server.kill()
  await rm(home, { recursive: true })
})

async function durableApache(fixture: Fixture): Promise<DurableServer> {
  const home = await folder(fixture)
  const options = { port: await freePort(), tickTimeMs: TICK_MS, lines: APACHE_LINES }
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
    watchCount: async () => Number(/zk_watch_count\t(\d+)/.exec(await fourLetters(port, 'mntr'))?.[1]),
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

function fourLetters(port: number, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = dial(port, '127.0.0.1', () => socket.write(word))
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject)
    socket.once('close', () => resolve(text))
  })
}
