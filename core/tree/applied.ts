// tree: what applying an entry came to. PURE.

import type { ErrorCode } from '../wire/error-codes.ts'
import { ErrorCode as Code } from '../wire/error-codes.ts'
import { type Acl, EventType, type MultiResult } from '../wire/records.ts'
import { EntryKind } from './envelope.ts'
import type { SessionState } from './session-table.ts'
import type { Znode } from './znode.ts'

/** Something that watches must hear. */
export interface Change {
  readonly type: EventType
  readonly path: string
  /** The list that READ is checked against at delivery: the node's, for children events the parent's. */
  readonly acl: readonly Acl[]
}

/** The result of one entry. One object, reused: valid until the next `apply`. */
export interface Applied {
  readonly kind: EntryKind
  readonly err: ErrorCode
  readonly zxid: number
  /** The client's op for requests, else 0. */
  readonly op: number
  /** The path that was created, '' for other ops. */
  readonly path: string
  /** Whose Stat goes into the reply: the created node, or the one that setData or setACL changed. */
  readonly node: Znode | null
  /** Results of a multi, also of a failed one, whose `err` is ok. `null` for other ops. */
  readonly multi: readonly MultiResult[] | null
  /** Of createSession and attachSession that succeeded. */
  readonly session: SessionState | null
  /** Of closeSession and expireSession that took effect. */
  readonly endedSession: SessionState | null
  /** In the order in which they must be delivered; empty on failure. */
  readonly changes: readonly Change[]
  /** A node whose write went above a soft quota: worth a warning, nothing more. '' if none did. */
  readonly softQuotaPath: string
}

/** The room's own view of the result, which it fills in. */
export class Outcome implements Applied {
  kind: EntryKind = EntryKind.noop
  err: ErrorCode = Code.ok
  zxid = 0
  op = 0
  path = ''
  node: Znode | null = null
  multi: readonly MultiResult[] | null = null
  session: SessionState | null = null
  endedSession: SessionState | null = null
  changes: Change[] = []
  softQuotaPath = ''

  reset(zxid: number): void {
    this.kind = EntryKind.request
    this.err = Code.ok
    this.zxid = zxid
    this.op = 0
    this.path = ''
    this.node = null
    this.multi = null
    this.session = null
    this.endedSession = null
    if (this.changes.length > 0) this.changes = []
    this.softQuotaPath = ''
  }

  /** As if nothing had been done so far. */
  forgetEffects(): void {
    this.path = ''
    this.node = null
    if (this.changes.length > 0) this.changes = []
    this.softQuotaPath = ''
  }

  created(path: string, acl: readonly Acl[], parentPath: string, parentAcl: readonly Acl[]): void {
    this.#add({ type: EventType.nodeCreated, path, acl }, { type: EventType.nodeChildrenChanged, path: parentPath, acl: parentAcl })
  }

  changed(path: string, acl: readonly Acl[]): void {
    this.changes.push({ type: EventType.nodeDataChanged, path, acl })
  }

  deleted(path: string, acl: readonly Acl[], parentPath: string, parentAcl: readonly Acl[]): void {
    this.#add({ type: EventType.nodeDeleted, path, acl }, { type: EventType.nodeChildrenChanged, path: parentPath, acl: parentAcl })
  }

  // An array that grows from nothing takes room for many: most entries bring these two alone.
  #add(own: Change, above: Change): void {
    if (this.changes.length === 0) this.changes = [own, above]
    else this.changes.push(own, above)
  }
}
