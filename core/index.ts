// public entry "zoarium": the client, its errors, constants and types. A hand-written list; it loads no server code.

// What the declarations need beyond the user's own settings: his tsconfig may name neither.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

export { Client } from './client/client.ts'
export { ClientOperations } from './client/client-operations.ts'
export type { Codec, ProtobufType } from './client/codec.ts'
export { jsonCodec, protobufCodec, textCodec } from './client/codec.ts'
export { connect } from './client/connect.ts'
export type { RequestTrace, StatusTrace, WatchTrace } from './client/diagnostics.ts'
export type { StandardIssue, StandardPathSegment, StandardResult, StandardSchema } from './client/standard-schema.ts'
export type { TransactionTarget } from './client/transaction.ts'
export { Transaction } from './client/transaction.ts'
export type { NodeData } from './client/tree-reads.ts'
export type { TypedTarget, TypedValue } from './client/typed-nodes.ts'
export { TypedNodes } from './client/typed-nodes.ts'
export type {
  AuthInfo,
  BackoffInfo,
  BackoffStrategy,
  CallOptions,
  ClientInfo,
  ClientStats,
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
  SaslCredentials,
  Session,
  Stat,
  TransactionOp,
  TransactionResult,
  VersionOptions,
  WatchCounts,
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
