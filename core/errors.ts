// core: the one error root of the package and the table of its codes. Imports nothing but the wire's numbers.

import { ErrorCode } from './wire/error-codes.ts'

/** A code of {@link ERROR_CODES}. */
export type ZoariumErrorCode =
  | 'SYSTEM_ERROR'
  | 'RUNTIME_INCONSISTENCY'
  | 'DATA_INCONSISTENCY'
  | 'MARSHALLING_ERROR'
  | 'UNIMPLEMENTED'
  | 'BAD_ARGUMENTS'
  | 'NEW_CONFIG_NO_QUORUM'
  | 'RECONFIG_IN_PROGRESS'
  | 'NO_NODE'
  | 'NO_AUTH'
  | 'BAD_VERSION'
  | 'NO_CHILDREN_FOR_EPHEMERALS'
  | 'NODE_EXISTS'
  | 'NOT_EMPTY'
  | 'SESSION_EXPIRED'
  | 'INVALID_ACL'
  | 'AUTH_FAILED'
  | 'SESSION_MOVED'
  | 'NOT_READ_ONLY'
  | 'EPHEMERAL_ON_LOCAL_SESSION'
  | 'NO_WATCHER'
  | 'RECONFIG_DISABLED'
  | 'SESSION_CLOSED_REQUIRE_SASL_AUTH'
  | 'QUOTA_EXCEEDED'
  | 'THROTTLED_OP'
  | 'UNKNOWN_WIRE_CODE'
  | 'ERR_UNKNOWN_OUTCOME'
  | 'ERR_CONNECTION_LOSS'
  | 'ERR_TIMEOUT'
  | 'ERR_CLOSED'
  | 'ERR_PROTOCOL'
  | 'ERR_CONFIG'
  | 'ERR_STORAGE'
  | 'ERR_LOST'
  | 'ERR_NOT_HELD'
  | 'ERR_CONFLICT'
  | 'ERR_DEADLOCK'
  | 'ERR_VALIDATION'
  | 'ERR_TOO_LARGE'
  | 'ERR_QUEUE_FULL'
  | 'ERR_TASK_FAILED'

/** What the table of codes says about one of them. */
export interface ErrorInfo {
  /** ZooKeeper's number, `null` for codes that never travel. */
  readonly wireCode: number | null
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable: boolean
  readonly text: string
}

/**
 * Every code an error of this package can carry. Codes of the protocol keep ZooKeeper's names; codes of this package start with `ERR_`.
 */
export const ERROR_CODES: Readonly<Record<ZoariumErrorCode, ErrorInfo>> = Object.freeze({
  /** Apache ZooKeeper never sends it. A zoarium server refuses writes with it while its disk is nearly full: nothing was changed. */
  SYSTEM_ERROR: {
    wireCode: ErrorCode.systemError,
    retryable: true,
    text: 'the server cannot do it now: a zoarium server answers so to writes while its disk is nearly full; nothing was changed',
  },
  RUNTIME_INCONSISTENCY: {
    wireCode: ErrorCode.runtimeInconsistency,
    retryable: false,
    text: 'an earlier operation of the transaction failed',
  },
  DATA_INCONSISTENCY: { wireCode: ErrorCode.dataInconsistency, retryable: false, text: 'the server found its data inconsistent' },
  MARSHALLING_ERROR: { wireCode: ErrorCode.marshallingError, retryable: false, text: 'the server could not decode the request' },
  UNIMPLEMENTED: { wireCode: ErrorCode.unimplemented, retryable: false, text: 'the server does not support the operation' },
  BAD_ARGUMENTS: { wireCode: ErrorCode.badArguments, retryable: false, text: 'an argument is not valid' },
  NEW_CONFIG_NO_QUORUM: { wireCode: ErrorCode.newConfigNoQuorum, retryable: true, text: 'no quorum of the new configuration is connected' },
  RECONFIG_IN_PROGRESS: { wireCode: ErrorCode.reconfigInProgress, retryable: true, text: 'another reconfiguration is in progress' },
  NO_NODE: { wireCode: ErrorCode.noNode, retryable: false, text: 'the znode does not exist' },
  NO_AUTH: { wireCode: ErrorCode.noAuth, retryable: false, text: 'the access control list does not allow it' },
  BAD_VERSION: { wireCode: ErrorCode.badVersion, retryable: false, text: 'the version is not the expected one' },
  NO_CHILDREN_FOR_EPHEMERALS: {
    wireCode: ErrorCode.noChildrenForEphemerals,
    retryable: false,
    text: 'an ephemeral znode cannot have children',
  },
  NODE_EXISTS: { wireCode: ErrorCode.nodeExists, retryable: false, text: 'the znode exists already' },
  NOT_EMPTY: { wireCode: ErrorCode.notEmpty, retryable: false, text: 'the znode has children' },
  SESSION_EXPIRED: { wireCode: ErrorCode.sessionExpired, retryable: false, text: 'the session has expired' },
  INVALID_ACL: { wireCode: ErrorCode.invalidAcl, retryable: false, text: 'the access control list is not valid' },
  AUTH_FAILED: { wireCode: ErrorCode.authFailed, retryable: false, text: 'the authentication was refused' },
  SESSION_MOVED: { wireCode: ErrorCode.sessionMoved, retryable: true, text: 'the session has moved to another connection' },
  NOT_READ_ONLY: { wireCode: ErrorCode.notReadOnly, retryable: true, text: 'the server is read-only' },
  EPHEMERAL_ON_LOCAL_SESSION: {
    wireCode: ErrorCode.ephemeralOnLocalSession,
    retryable: false,
    text: 'a local session cannot own ephemeral znodes',
  },
  NO_WATCHER: { wireCode: ErrorCode.noWatcher, retryable: false, text: 'no such watch is registered' },
  RECONFIG_DISABLED: { wireCode: ErrorCode.reconfigDisabled, retryable: false, text: 'reconfiguration is disabled' },
  SESSION_CLOSED_REQUIRE_SASL_AUTH: {
    wireCode: ErrorCode.sessionClosedRequireSaslAuth,
    retryable: false,
    text: 'the server requires authentication first',
  },
  QUOTA_EXCEEDED: { wireCode: ErrorCode.quotaExceeded, retryable: false, text: 'a quota would be exceeded' },
  THROTTLED_OP: { wireCode: ErrorCode.throttledOp, retryable: true, text: 'the server is overloaded and refused the operation' },
  UNKNOWN_WIRE_CODE: { wireCode: ErrorCode.apiError, retryable: false, text: 'the server answered with a code this client does not know' },
  /** The reply was lost: the write may or may not have happened. */
  ERR_UNKNOWN_OUTCOME: {
    wireCode: null,
    retryable: false,
    text: 'the connection was lost before the reply: the write may have happened or not',
  },
  /** The connection was lost before a request was sent, or while a read was waiting: nothing was changed. */
  ERR_CONNECTION_LOSS: { wireCode: ErrorCode.connectionLoss, retryable: true, text: 'the connection was lost; nothing was changed' },
  ERR_TIMEOUT: { wireCode: null, retryable: true, text: 'the deadline passed' },
  ERR_CLOSED: { wireCode: null, retryable: false, text: 'the object is closed' },
  ERR_PROTOCOL: { wireCode: null, retryable: false, text: 'the other side sent bytes that are not the protocol' },
  ERR_CONFIG: { wireCode: null, retryable: false, text: 'a setting or an argument is not valid' },
  ERR_STORAGE: { wireCode: null, retryable: false, text: 'the data directory or file cannot be used' },
  ERR_LOST: { wireCode: null, retryable: false, text: 'what was held is lost' },
  ERR_NOT_HELD: { wireCode: null, retryable: false, text: 'it is not held' },
  ERR_CONFLICT: { wireCode: null, retryable: true, text: 'somebody else changed it in between' },
  ERR_DEADLOCK: { wireCode: null, retryable: false, text: 'the wait would never end: the caller holds what it waits for' },
  ERR_VALIDATION: { wireCode: null, retryable: false, text: 'a value does not satisfy its schema' },
  ERR_TOO_LARGE: { wireCode: null, retryable: false, text: 'a value is above a limit' },
  ERR_QUEUE_FULL: { wireCode: null, retryable: true, text: 'a queue is full' },
  ERR_TASK_FAILED: { wireCode: null, retryable: false, text: 'a task failed' },
})

const BRAND: unique symbol = Symbol.for('zoarium.error') as never

/** What a {@link ZoariumError} can say beyond its code and message. */
export interface ZoariumErrorDetails {
  /** The znode concerned. */
  readonly path?: string | undefined
  /** The operation's index in a transaction. */
  readonly index?: number | undefined
  readonly cause?: unknown
}

/**
 * The one error class of this package. Tell errors apart by `code`, never by message.
 *
 * @example
 * ```ts
 * import { ZoariumError } from 'zoarium'
 * try {
 *   throw new ZoariumError('NO_NODE', 'get /a', { path: '/a' })
 * } catch (error) {
 *   if (ZoariumError.is(error, 'NO_NODE')) console.log(`${error.path} is missing`)
 * }
 * ```
 */
export class ZoariumError extends Error {
  override readonly name = 'ZoariumError'
  readonly code: ZoariumErrorCode
  /** ZooKeeper's number for the code, `null` for codes that never travel. */
  readonly wireCode: number | null
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable: boolean
  readonly path: string | undefined
  readonly index: number | undefined

  constructor(code: ZoariumErrorCode, message: string, details: ZoariumErrorDetails = {}) {
    super(`${message}: ${ERROR_CODES[code].text} (${code})`, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.wireCode = ERROR_CODES[code].wireCode
    this.retryable = ERROR_CODES[code].retryable
    this.path = details.path
    this.index = details.index
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** Whether `error` is an error of this package (also of another installed copy), with `code` if given. */
  static is(error: unknown, code?: ZoariumErrorCode): error is ZoariumError {
    if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
    return code === undefined || ('code' in error && error.code === code)
  }
}

const BY_WIRE_CODE = new Map<number, ZoariumErrorCode>()
for (const [code, { wireCode }] of Object.entries(ERROR_CODES)) {
  if (wireCode !== null) BY_WIRE_CODE.set(wireCode, code as ZoariumErrorCode)
}

/** The error for a code that came in a reply. */
export function errorFromWire(wireCode: number, what: string, details: ZoariumErrorDetails = {}): ZoariumError {
  const code = BY_WIRE_CODE.get(wireCode)
  if (code === undefined) return new ZoariumError('UNKNOWN_WIRE_CODE', `${what} (code ${wireCode})`, details)
  return new ZoariumError(code, what, details)
}
