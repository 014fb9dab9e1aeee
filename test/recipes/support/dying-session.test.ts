// A server that gives a client a new session while the old one still lives (ClickHouse Keeper does, and every server between the loss of a
// connection and the expiry): the znodes of the old session are still listed, and must not be taken for one's own.

import { describe, expect, it } from 'vitest'
import type { Client, Session, Stat } from '../../../core/index.ts'
import { ZoariumError } from '../../../core/index.ts'
import { Mutex } from '../../../recipes/mutex.ts'

/** One folder, and a client whose session the test changes. */
class Keeper {
  readonly nodes: Map<string, Stat> = new Map()
  readonly deleted: string[] = []
  session: Session = session(1n)
  status = { type: 'connected' }
  /** Called instead of the next create's reply. */
  loseReply: (() => void) | null = null
  /** Called at the next look at the own znode. */
  atExists: (() => void) | null = null
  #counter = 0
  #end = new AbortController()

  get client(): Client {
    return this as never
  }

  /** The connection comes back with another session; the znodes of the old one stay for now. */
  changeSession(): void {
    const old = this.#end
    this.#end = new AbortController()
    this.session = session(this.session.id + 1n, this.#end.signal)
    old.abort(new ZoariumError('SESSION_EXPIRED', 'session'))
  }

  on(): void {}

  off(): void {}

  async sync(): Promise<void> {}

  async create(prefix: string): Promise<{ path: string; stat: Stat }> {
    const path = `${prefix}${String(this.#counter++).padStart(10, '0')}`
    const stat = { czxid: BigInt(this.#counter), mzxid: BigInt(this.#counter), ephemeralOwner: this.session.id } as Stat
    this.nodes.set(path, stat)
    const lose = this.loseReply
    this.loseReply = null
    lose?.()
    if (lose !== null) throw new ZoariumError('ERR_UNKNOWN_OUTCOME', 'create', { path: prefix })
    return { path, stat }
  }

  async getChildren(): Promise<{ children: string[] }> {
    return { children: [...this.nodes.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)) }
  }

  async exists(path: string): Promise<Stat | null> {
    const act = this.atExists
    this.atExists = null
    act?.()
    return this.nodes.get(path) ?? null
  }

  async getData(path: string): Promise<{ data: null; stat: Stat }> {
    const stat = this.nodes.get(path)
    if (stat === undefined) throw new ZoariumError('NO_NODE', 'getData', { path })
    return { data: null, stat }
  }

  async nextEvent(path: string): Promise<never> {
    throw new ZoariumError('NO_NODE', 'getData', { path })
  }

  async delete(path: string): Promise<void> {
    this.deleted.push(path)
    if (!this.nodes.delete(path)) throw new ZoariumError('NO_NODE', 'delete', { path })
  }
}

function session(id: bigint, signal: AbortSignal = new AbortController().signal): Session {
  return { id, timeoutMs: 30_000, password: Buffer.alloc(16), deadlineMs: Number.POSITIVE_INFINITY, signal }
}

describe('a session that is dying', () => {
  it('G-05: leaves a znode whose create had lost its reply: it is deleted, and a new one is made in the new session', async () => {
    const keeper = new Keeper()
    keeper.loseReply = () => keeper.changeSession()
    const lock = await new Mutex(keeper.client, '/lock').acquire()
    expect([lock.sessionId, lock.requeued]).toEqual([2n, 0])
    expect([...keeper.nodes.keys()]).toEqual([lock.path])
    expect(keeper.deleted).toHaveLength(1)
  })

  it('G-05: but a znode of the same session is adopted', async () => {
    const keeper = new Keeper()
    keeper.loseReply = () => {}
    const lock = await new Mutex(keeper.client, '/lock').acquire()
    expect([lock.sessionId, lock.token]).toEqual([1n, 1n])
    expect(keeper.deleted).toEqual([])
  })

  it('G-06, G-01: no lock is granted on a znode that is first in the list but belongs to the old session', async () => {
    const keeper = new Keeper()
    const { path } = await keeper.create(`/lock/${'0'.repeat(24)}-lock-`)
    // The look after the wait finds the own znode as the first one, but in another session than it was made in.
    keeper.atExists = () => {
      keeper.nodes.delete(path)
      keeper.changeSession()
    }
    const lock = await new Mutex(keeper.client, '/lock').acquire()
    expect(lock.requeued).toBe(1)
    expect(lock.sessionId).toBe(2n)
    expect([...keeper.nodes.keys()]).toEqual([lock.path])
  })
})
