// public entry "zoarium": the client, its errors, constants and types. A hand-written list; it loads no server code.

export { Client } from './client/client.ts'
export { connect } from './client/connect.ts'
export type { TransactionTarget } from './client/transaction.ts'
export { Transaction } from './client/transaction.ts'
export type {
  AuthInfo,
  BackoffInfo,
  BackoffStrategy,
  CallOptions,
  ClientInfo,
  ClientStatus,
  ConnectOptions,
  CreateMode,
  CreateOptions,
  NodeOptions,
  PersistentWatch,
  PersistentWatchEvent,
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
  ZnodeData,
} from './client/types.ts'
export type { ErrorInfo, ZoariumErrorCode, ZoariumErrorDetails } from './errors.ts'
export { ERROR_CODES, ZoariumError } from './errors.ts'
export type { Logger } from './support/logger.ts'
export type { Random } from './support/random.ts'
export type { Acl, Id } from './wire/records.ts'
export { OPEN_ACL, Permission } from './wire/records.ts'
