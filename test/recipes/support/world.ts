// test support: a server with clients around it, and what tests of recipes do to both. Everything ends with the world.
//
// ZOARIUM_RECIPES_SERVER=host:port runs the same tests against a server that runs already (its four-letter words must include mntr).

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Client, ConnectOptions } from '../../../core/index.ts'
import { connect, ZoariumError } from '../../../core/index.ts'
import type { Server, ServerOptions } from '../../../core/server/index.ts'
import { startServer } from '../../../core/server/index.ts'
import { expireSession, FaultyNetwork } from '../../../core/testing/index.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { watchesAt } from '../../support/four-letters.ts'
import { reservedPort } from '../../support/reserved-ports.ts'

const { ZOARIUM_RECIPES_SERVER: EXTERNAL } = process.env

/** Whether the server is the one of this package, with options of the test's choice. */
export const OWN_SERVER: boolean = EXTERNAL === undefined

const SERVER_OPTIONS: ServerOptions = {
  tickTimeMs: 100,
  minSessionTimeoutMs: 500,
  maxSessionTimeoutMs: 60_000,
  maxConnectionsPerAddress: 0,
  fourLetterWords: ['*'],
}

/** A client and the proxy through which it talks. */
export interface Proxied {
  readonly client: Client
  readonly proxy: FaultProxy
}

export class World implements AsyncDisposable {
  readonly host: string
  readonly port: number
  #server: Server | null
  readonly #dataDir: string | null
  readonly #options: ServerOptions
  readonly #clients: Client[] = []
  /** The world's own eye: tests close theirs. */
  #eye: Promise<Client> | null = null
  readonly #proxies: FaultProxy[] = []
  readonly #networks: FaultyNetwork[] = []

  private constructor(host: string, port: number, server: Server | null, options: ServerOptions) {
    this.host = host
    this.port = port
    this.#server = server
    this.#options = options
    this.#dataDir = options.dataDir ?? null
  }

  /** A server in memory, or with `durable` one that can be started again. */
  static async start({ durable = false }: { durable?: boolean } = {}): Promise<World> {
    if (EXTERNAL !== undefined) {
      const [host = '', port = ''] = EXTERNAL.split(':')
      return new World(host, Number(port), null, {})
    }
    const dataDir = durable ? await mkdtemp(join(tmpdir(), 'zoarium-recipes-')) : null
    const options = dataDir === null ? SERVER_OPTIONS : { ...SERVER_OPTIONS, dataDir }
    // One that is started again must find its port as it left it.
    const server = await startServer({ ...options, port: durable ? await reservedPort() : 0 })
    return new World('127.0.0.1', server.port, server, options)
  }

  /** Stops the server and starts it again at the same port. */
  async restart(): Promise<void> {
    await this.#server?.close()
    this.#server = await startServer({ ...this.#options, port: this.port })
  }

  async client(options: ConnectOptions = {}): Promise<Client> {
    const client = await connect(`${this.host}:${this.port}`, { sessionTimeoutMs: 20_000, ...options })
    this.#clients.push(client)
    return client
  }

  async proxied(options: ConnectOptions = {}): Promise<Proxied> {
    const proxy = await FaultProxy.start({ host: this.host, port: this.port })
    this.#proxies.push(proxy)
    const client = await connect(proxy.address, { sessionTimeoutMs: 20_000, ...options })
    this.#clients.push(client)
    return { client, proxy }
  }

  /** A client behind a network that can hold single messages. */
  async networked(options: ConnectOptions = {}): Promise<{ readonly client: Client; readonly network: FaultyNetwork }> {
    const network = await FaultyNetwork.start({ host: this.host, port: this.port })
    this.#networks.push(network)
    const client = await connect(network.connectString, { sessionTimeoutMs: 20_000, ...options })
    this.#clients.push(client)
    return { client, network }
  }

  /** Ends the client's session at the server, as if it had expired there. The client hears of it with its next breath. */
  expire(client: Client): Promise<void> {
    return expireSession(this, client.session)
  }

  /** Names below `path`, none if it is missing. */
  async children(path: string): Promise<string[]> {
    this.#eye ??= this.client()
    const client = await this.#eye
    await client.sync('/')
    return client.getChildren(path).then(
      ({ children }) => children,
      (error: unknown) => {
        if (ZoariumError.is(error, 'NO_NODE')) return []
        throw error
      },
    )
  }

  /** Watches at the server, of all clients. */
  async watches(): Promise<number> {
    if (this.#server !== null) return this.#server.view.stats().watchCount
    return watchesAt(this)
  }

  /** Waits until nothing is left of a recipe: no child below `path`, no watch of anybody. */
  async clean(path: string): Promise<void> {
    await until(async () => (await this.children(path)).length === 0, `no children below ${path}`)
    await until(async () => (await this.watches()) === 0, 'no watches at the server')
    expect(await this.children(path)).toEqual([])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const proxy of this.#proxies) {
      proxy.disarm()
      proxy.accept()
      proxy.resume()
    }
    for (const network of this.#networks) {
      network.accept()
      network.release()
    }
    await Promise.all(this.#clients.map((client) => client.close()))
    await Promise.all(this.#networks.map((network) => network.close()))
    await Promise.all(this.#proxies.map((proxy) => proxy[Symbol.asyncDispose]()))
    await this.#server?.close()
    if (this.#dataDir !== null) await rm(this.#dataDir, { recursive: true, force: true })
  }
}

/** Waits until the condition holds: at most 15 s, looked at every few milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A path that no other test uses, also on a server that outlives the tests. */
export function freshPath(what: string): string {
  return `/recipes-${process.pid}-${Date.now().toString(36)}-${++paths}-${what}`
}

let paths = 0

/** Settles to the code of the error that `promise` rejects with; fails if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (ZoariumError.is(error)) return error.code
    throw error
  }
  throw new Error('expected a rejection')
}
