// testing: a server in memory behind a network that can be broken.

import type { Client } from '../client/client.ts'
import type { ServerOptions } from '../server/options.ts'
import { type Server, startServer } from '../server/server.ts'
import type { ServerView } from '../server/server-view.ts'
import { expireSession } from './expire-session.ts'
import { FaultyNetwork } from './faulty-network.ts'

/** Ticks short enough that a test can watch a session expire. */
const TEST_TICK_MS = 50

/** A server for tests. Close it, or bind it with `await using`. */
export interface TestServer extends Server {
  /** What a client connects to: the way through {@link TestServer.network}. */
  readonly connectString: string
  /** The way around the network, for a test's own eye. */
  readonly directConnectString: string
  /** What is between clients and the server, to be broken. */
  readonly network: FaultyNetwork
  /** Ends a client's session as if it had expired; see {@link expireSession}. */
  expire(client: Client): Promise<void>
}

/**
 * Starts a server in memory on a free port, made for tests: sessions may be as short as 100 ms, containers are looked for every 50 ms, there
 * is no limit on connections, and the network between it and its clients does what the test says. Takes the options of `startServer`, and
 * rejects as that does.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { startTestServer } from 'zoarium/testing'
 *
 * await using server = await startTestServer()
 * await using client = await connect(server.connectString, { sessionTimeoutMs: 500 })
 * await client.create('/mine', null, { mode: 'ephemeral' })
 * await server.expire(client) // the session and the znode are gone
 * server.network.cut() // every connection breaks
 * server.network.delay(50) // everything takes 50 ms longer each way
 * ```
 */
export async function startTestServer(options: ServerOptions = {}, call: { signal?: AbortSignal } = {}): Promise<TestServer> {
  const server = await startServer(
    {
      tickTimeMs: TEST_TICK_MS,
      maxSessionTimeoutMs: 60_000,
      containerCheckIntervalMs: TEST_TICK_MS,
      maxConnectionsPerAddress: 0,
      fourLetterWords: ['*'],
      ...options,
    },
    call,
  )
  try {
    return new NetworkedServer(server, await FaultyNetwork.start({ host: server.host, port: server.port }))
  } catch (error) {
    await server.close()
    throw error
  }
}

class NetworkedServer implements TestServer {
  readonly network: FaultyNetwork
  readonly host: string
  readonly port: number
  readonly dataDir: string | null
  readonly view: ServerView
  readonly failed: Promise<Error>
  readonly #server: Server
  #closing: Promise<void> | null = null

  constructor(server: Server, network: FaultyNetwork) {
    this.#server = server
    this.network = network
    this.host = server.host
    this.port = server.port
    this.dataDir = server.dataDir
    this.view = server.view
    this.failed = server.failed
  }

  get connectString(): string {
    return this.network.connectString
  }

  /** Not through the network of the tests. */
  get securePort(): number | null {
    return this.#server.securePort
  }

  get admin(): Server['admin'] {
    return this.#server.admin
  }

  get metricsUrl(): string | null {
    return this.#server.metricsUrl
  }

  get directConnectString(): string {
    return this.#server.connectString
  }

  expire(client: Client): Promise<void> {
    return expireSession(this, client.session)
  }

  reload(): Promise<void> {
    return this.#server.reload()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.network.close()
    await this.#server.close()
  }
}
