// client: the public client: every operation as a method. What keeps it attached is in session-keeper.ts.

import type { Acl } from '../wire/records.ts'
import { Transaction } from './transaction.ts'
import type {
  CallOptions,
  ClientInfo,
  ClientStatus,
  CreateOptions,
  PersistentWatch,
  ReadOp,
  ReadOptions,
  ReadResult,
  ReconfigOptions,
  Session,
  Stat,
  TransactionOp,
  TransactionResult,
  VersionOptions,
  WatchEvent,
  WatcherKind,
  WatchKind,
  WatchOptions,
} from './types.ts'

type Data = Uint8Array | string | null
const todo = (): never => {
  throw new Error('not built yet')
}

/** The client. */
export class Client implements AsyncDisposable {
  get session(): Session {
    return todo()
  }
  get status(): ClientStatus {
    return todo()
  }
  get lastZxid(): bigint {
    return todo()
  }
  get chroot(): string {
    return todo()
  }
  on(_event: 'status', _listener: (status: ClientStatus) => void): this {
    return todo()
  }
  off(_event: 'status', _listener: (status: ClientStatus) => void): this {
    return todo()
  }
  statuses(_options: { signal?: AbortSignal } = {}): AsyncIterableIterator<ClientStatus> {
    return todo()
  }
  create(_path: string, _data: Data = null, _options: CreateOptions = {}): Promise<{ path: string; stat: Stat }> {
    return todo()
  }
  delete(_path: string, _options: VersionOptions = {}): Promise<void> {
    return todo()
  }
  exists(_path: string, _options: ReadOptions = {}): Promise<Stat | null> {
    return todo()
  }
  getData(_path: string, _options: ReadOptions = {}): Promise<{ data: Buffer | null; stat: Stat }> {
    return todo()
  }
  setData(_path: string, _data: Data, _options: VersionOptions = {}): Promise<Stat> {
    return todo()
  }
  getAcl(_path: string, _options: CallOptions = {}): Promise<{ acl: Acl[]; stat: Stat }> {
    return todo()
  }
  setAcl(_path: string, _acl: readonly Acl[], _options: VersionOptions = {}): Promise<Stat> {
    return todo()
  }
  getChildren(_path: string, _options: ReadOptions = {}): Promise<{ children: string[]; stat: Stat }> {
    return todo()
  }
  sync(_path: string, _options: CallOptions = {}): Promise<void> {
    return todo()
  }
  multi(_ops: readonly TransactionOp[], _options: CallOptions = {}): Promise<TransactionResult[]> {
    return todo()
  }
  transaction(): Transaction {
    return new Transaction(this)
  }
  multiRead(_ops: readonly ReadOp[], _options: CallOptions = {}): Promise<ReadResult[]> {
    return todo()
  }
  addAuth(_scheme: string, _auth: Uint8Array | string, _options: CallOptions = {}): Promise<void> {
    return todo()
  }
  getEphemerals(_prefix = '/', _options: CallOptions = {}): Promise<string[]> {
    return todo()
  }
  getAllChildrenNumber(_path: string, _options: CallOptions = {}): Promise<number> {
    return todo()
  }
  whoAmI(_options: CallOptions = {}): Promise<ClientInfo[]> {
    return todo()
  }
  checkWatches(_path: string, _kind: WatcherKind, _options: CallOptions = {}): Promise<boolean> {
    return todo()
  }
  removeWatches(_path: string, _kind: WatcherKind, _options: CallOptions = {}): Promise<void> {
    return todo()
  }
  reconfig(_options: ReconfigOptions): Promise<{ data: Buffer | null; stat: Stat }> {
    return todo()
  }
  ensurePath(_path: string, _options: CallOptions & { mode?: 'persistent' | 'container' } = {}): Promise<void> {
    return todo()
  }
  deleteRecursive(_path: string, _options: CallOptions = {}): Promise<void> {
    return todo()
  }
  watch(_path: string, _options: WatchOptions = {}): Promise<PersistentWatch> {
    return todo()
  }
  nextEvent(_path: string, _kind: WatchKind, _options: CallOptions = {}): Promise<WatchEvent> {
    return todo()
  }
  close(): Promise<void> {
    return todo()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
