// client: one-shot watches. Many watchers of one path share the one watch that the server keeps for this connection.
//
// The server has two tables (data, child). This side mirrors each entry as a Watchpoint:
//
//   pending   requests under way that may register it at the server      their replies decide
//   users     watchers that wait for the event
//   armed     whether the server holds it for the present connection
//
// When the last user leaves an armed watchpoint, and no request under way could register it again, the server is told to remove it:
// requests and replies are in order, so exactly then nothing is lost and nothing is left behind.
//
// Which reply registers (ClientCnxn, ZooKeeper.WatchRegistration): exists with OK a data watch, with NONODE an exist watch; getData and
// getChildren with OK only.

import { addToFew, type Few, itemsOfFew, removeFromFew, sizeOfFew } from '../support/few.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { EventType } from '../wire/records.ts'
import type { WatchEvent } from './types.ts'
import { callUser } from './user-code.ts'

/** What the request asks: decides which replies register and which table it goes to. */
export type OneShotKind = 'data' | 'exists' | 'children'

type Listed = 'data' | 'exist' | 'child'

const LISTS: Readonly<Record<OneShotKind, Listed>> = Object.freeze({ data: 'data', exists: 'exist', children: 'child' })

/**
 * One watcher: intended with its request, registered by the reply, done when called or taken back. There may be very many, so it has no
 * field that can be done without.
 */
export class OneShot {
  readonly point: Watchpoint
  readonly path: string
  readonly callback: (event: WatchEvent) => void
  state: 'intended' | 'registered' | 'done' = 'intended'
  /** In which list of setWatches it stands once registered. Of an exists it is `exist` until the reply has told that the znode is there. */
  listed: Listed

  constructor(point: Watchpoint, kind: OneShotKind, path: string, callback: (event: WatchEvent) => void) {
    this.point = point
    this.path = path
    this.callback = callback
    this.listed = LISTS[kind]
  }

  finish(event: WatchEvent): void {
    this.state = 'done'
    callUser(this.callback, event)
  }
}

interface Watchpoint {
  readonly table: Map<string, Watchpoint>
  readonly serverPath: string
  users: Few<OneShot>
  pending: number
  armed: boolean
}

/** Paths of setWatches, by list. */
export interface OneShotLists {
  readonly data: string[]
  readonly exist: string[]
  readonly child: string[]
}

/** Tells the server that nobody needs the watch of that table any more. False: not now; ask again by {@link OneShotWatches.sweep}. */
export type RemoveWatch = (table: 'data' | 'child', serverPath: string) => boolean

export class OneShotWatches {
  readonly #data = new Map<string, Watchpoint>()
  readonly #child = new Map<string, Watchpoint>()
  readonly #remove: RemoveWatch

  constructor(remove: RemoveWatch) {
    this.#remove = remove
  }

  /** Watchers and server watches that are known here, for tests. */
  get size(): number {
    return this.#data.size + this.#child.size
  }

  get counts(): { readonly oneShotWatchers: number; readonly oneShotServerWatches: number } {
    let oneShotWatchers = 0
    let oneShotServerWatches = 0
    for (const table of [this.#data, this.#child]) {
      for (const point of table.values()) {
        oneShotWatchers += sizeOfFew(point.users)
        if (point.armed) oneShotServerWatches += 1
      }
    }
    return { oneShotWatchers, oneShotServerWatches }
  }

  /** Whether anything at the path depends on the server's watches there. */
  has(serverPath: string): boolean {
    return this.#data.has(serverPath) || this.#child.has(serverPath)
  }

  /** A request that may register a watch is about to be queued. */
  intend(kind: OneShotKind, serverPath: string, path: string, callback: (event: WatchEvent) => void): OneShot {
    const table = kind === 'children' ? this.#child : this.#data
    let point = table.get(serverPath)
    if (point === undefined) {
      point = { table, serverPath, users: null, pending: 0, armed: false }
      table.set(serverPath, point)
    }
    point.pending += 1
    return new OneShot(point, kind, path, callback)
  }

  /** The reply came. `wanted`: whether the caller still waits for it. */
  replied(watch: OneShot, err: number, wanted: boolean): void {
    if (watch.state !== 'intended') return
    const { point } = watch
    point.pending -= 1
    const registers = err === ErrorCode.ok || (watch.listed === 'exist' && err === ErrorCode.noNode)
    watch.state = registers && wanted ? 'registered' : 'done'
    if (registers) point.armed = true
    if (watch.state === 'registered') {
      if (watch.listed === 'exist' && err === ErrorCode.ok) watch.listed = 'data'
      point.users = addToFew(point.users, watch)
    }
    this.#release(point)
  }

  /** No reply will come: the request was taken back unsent, or its connection is gone. */
  abandoned(watch: OneShot): void {
    if (watch.state !== 'intended') return
    watch.state = 'done'
    watch.point.pending -= 1
    this.#release(watch.point)
  }

  /** The watcher lost interest; it is not called. */
  takeBack(watch: OneShot): void {
    if (watch.state !== 'registered') return
    watch.state = 'done'
    watch.point.users = removeFromFew(watch.point.users, watch)
    this.#release(watch.point)
  }

  /** Calls and forgets everybody whom the event concerns. */
  dispatch(type: number, serverPath: string, event: WatchEvent): void {
    if (type !== EventType.nodeChildrenChanged) this.#fire(this.#data.get(serverPath), event)
    if (type === EventType.nodeDeleted || type === EventType.nodeChildrenChanged) this.#fire(this.#child.get(serverPath), event)
  }

  /** The server has removed its watches at the path on this client's request. */
  removed(serverPath: string, table: 'data' | 'child'): void {
    const point = (table === 'data' ? this.#data : this.#child).get(serverPath)
    if (point !== undefined) this.#lose(point)
  }

  /** The connection is gone, and with it everything the server held for it. */
  disconnected(): void {
    for (const table of [this.#data, this.#child]) {
      for (const point of table.values()) {
        point.armed = false
        this.#release(point)
      }
    }
  }

  /** The session is gone: nobody who waits will hear of a change. Requests under way stay: they are sent in the next session. */
  lost(): void {
    for (const table of [this.#data, this.#child]) {
      for (const point of [...table.values()]) this.#lose(point)
    }
  }

  /** What to register on a new connection; counts as registered from then on. */
  rearm(): OneShotLists {
    const lists: OneShotLists = { data: [], exist: [], child: [] }
    for (const point of this.#data.values()) {
      let data = false
      let exist = false
      for (const user of itemsOfFew(point.users)) {
        data ||= user.listed === 'data'
        exist ||= user.listed === 'exist'
      }
      if (data) lists.data.push(point.serverPath)
      if (exist) lists.exist.push(point.serverPath)
      point.armed = data || exist
    }
    for (const point of this.#child.values()) {
      if (point.users === null) continue
      lists.child.push(point.serverPath)
      point.armed = true
    }
    return lists
  }

  /** Tries again to release what the remover had put off at this path. */
  sweep(serverPath: string): void {
    for (const table of [this.#data, this.#child]) {
      const point = table.get(serverPath)
      if (point !== undefined) this.#release(point)
    }
  }

  #fire(point: Watchpoint | undefined, event: WatchEvent): void {
    if (point === undefined) return
    point.armed = false
    const users = itemsOfFew(point.users)
    point.users = null
    this.#release(point)
    for (const user of users) user.finish({ ...event, path: user.path })
  }

  #lose(point: Watchpoint): void {
    this.#fire(point, { type: 'lost', path: point.serverPath, zxid: null })
  }

  #release(point: Watchpoint): void {
    if (point.pending > 0 || point.users !== null) return
    if (point.armed && !this.#remove(point.table === this.#data ? 'data' : 'child', point.serverPath)) return
    point.armed = false
    point.table.delete(point.serverPath)
  }
}
