// test support: where the rows of the call options play: a client behind a proxy that can go silent, and what a row is.

import type { CallOptions, Client, ZoariumErrorCode } from '../../../core/index.ts'
import type { FaultProxy } from '../../support/fault-proxy.ts'
import { until, type World } from '../support/world.ts'

/** Where one call plays. */
export interface Stage {
  readonly client: Client
  /** Another process, which nothing disturbs. */
  another(): Promise<Client>
  /** Of this call alone. */
  readonly path: string
}

/** What is called, in a situation in which it does not settle before the servers say something, or somebody else comes. */
export interface Subject {
  call(options: CallOptions): Promise<unknown>
  /** Closes what is open. */
  close?(): Promise<unknown>
}

export interface Row {
  /** As {@link publicMethods} names it. */
  readonly method: string
  /** In which situation, if there are several. */
  readonly when?: string
  /** Whether the call goes on when nobody waits for it any more. Default false. */
  readonly cleansUp?: boolean
  /** What it rejects with when time is up; `null`: it takes no time limit. Default `ERR_TIMEOUT`. */
  readonly late?: ZoariumErrorCode | null
  /**
   * How the servers fall silent: at the call (the default), with the request of that op, by a connection that is lost, or not at all: it waits for somebody else.
   */
  readonly silent?: number | 'disconnected' | 'never'
  /** What time limit passes. Default 100; more where something has to be answered before. */
  readonly timeoutMs?: number
  /** Of the client. Default 60,000: the silence lasts longer than any test, and no connection is given up for it. */
  readonly sessionTimeoutMs?: number
  open(stage: Stage): Promise<Subject>
}

export class Place implements AsyncDisposable {
  readonly client: Client
  readonly #world: World
  readonly #proxy: FaultProxy
  readonly #others: Client[] = []
  #asked = 0

  private constructor(world: World, client: Client, proxy: FaultProxy) {
    this.#world = world
    this.client = client
    this.#proxy = proxy
  }

  static async open(world: World, { sessionTimeoutMs = 60_000 }: Pick<Row, 'sessionTimeoutMs'>): Promise<Place> {
    const { client, proxy } = await world.proxied({ backoff: () => 1, sessionTimeoutMs })
    return new Place(world, client, proxy)
  }

  /** A client that nothing disturbs; it ends with the place. */
  async another(): Promise<Client> {
    const client = await this.#world.client()
    this.#others.push(client)
    return client
  }

  /** Resolves when nothing is on its way any more: how many requests there were. */
  async quiet(): Promise<number> {
    for (;;) {
      const before = this.#proxy.requests
      await this.client.sync('/')
      await this.client.sync('/')
      if (this.#proxy.requests === before + 2) {
        this.#asked = 0
        return before + 2
      }
    }
  }

  /** Requests since `before`, without those of this class. */
  async sentSince(before: number): Promise<number> {
    await this.client.sync('/')
    return this.#proxy.requests - before - ++this.#asked
  }

  async silence({ silent }: Pick<Row, 'silent'>): Promise<void> {
    if (silent === undefined) this.#proxy.pause()
    else if (typeof silent === 'number') this.#proxy.pauseAt(silent)
    else if (silent === 'disconnected') {
      this.#proxy.refuse()
      await until(() => this.client.status.type === 'suspended', 'disconnected')
    }
  }

  /** Resolves when the servers say nothing any more. */
  async silenced({ silent }: Pick<Row, 'silent'>): Promise<void> {
    if (typeof silent === 'number') await until(() => !this.#proxy.armed, 'silent')
  }

  async speak(): Promise<void> {
    this.#restore()
    await until(() => this.client.status.type === 'connected', 'connected')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#restore()
    await this.client.close()
    await Promise.all(this.#others.map((other) => other.close()))
    await this.#proxy[Symbol.asyncDispose]()
  }

  #restore(): void {
    this.#proxy.disarm()
    this.#proxy.accept()
    this.#proxy.resume()
  }
}
