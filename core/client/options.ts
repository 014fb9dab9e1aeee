// client: the options of connect(), their defaults and their one validation.

import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { ZoariumError } from '../errors.ts'
import type { Logger } from '../support/logger.ts'
import { SILENT_LOGGER } from '../support/logger.ts'
import type { Random } from '../support/random.ts'
import { SeededRandom } from '../support/random.ts'
import { decorrelatedJitter } from './backoff.ts'
import type { ConnectionTarget } from './connection-string.ts'
import type { AuthInfo, BackoffStrategy, ConnectOptions, SaslCredentials } from './types.ts'

/** The options with every default filled in. */
export interface ResolvedConnectOptions {
  readonly sessionTimeoutMs: number
  readonly connectTimeoutMs: number
  /** 0: no limit. */
  readonly requestTimeoutMs: number
  readonly maxPendingRequests: number
  readonly maxRequestBytes: number
  readonly maxFrameBytes: number
  readonly onExpired: 'renew' | 'close'
  readonly keepLastZxid: boolean
  readonly canBeReadOnly: boolean
  readonly whenDisconnected: 'queue' | 'reject'
  readonly auth: readonly AuthInfo[]
  readonly sasl: SaslCredentials | null
  readonly tls: TlsOptions | null
  /** `null`: Node's own. */
  readonly lookup: LookupFunction | null
  readonly backoff: BackoffStrategy
  readonly random: Random
  readonly logger: Logger
}

/** What Node's timers can wait. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1
const SILENT: Pick<ConnectionTarget, 'tls' | 'auth'> = Object.freeze({ tls: null, auth: null })

/** Defaults of {@link ConnectOptions}. */
export const CONNECT_DEFAULTS: Readonly<
  Pick<
    ResolvedConnectOptions,
    | 'sessionTimeoutMs'
    | 'connectTimeoutMs'
    | 'requestTimeoutMs'
    | 'maxPendingRequests'
    | 'maxRequestBytes'
    | 'maxFrameBytes'
    | 'onExpired'
    | 'keepLastZxid'
    | 'canBeReadOnly'
    | 'whenDisconnected'
  >
> = Object.freeze({
  sessionTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 0,
  maxPendingRequests: 1_000_000,
  maxRequestBytes: 0xfffff,
  maxFrameBytes: 64 * 1024 * 1024,
  onExpired: 'renew',
  keepLastZxid: true,
  canBeReadOnly: false,
  whenDisconnected: 'queue',
})

/** Throws `ERR_CONFIG` that names the option, what was expected and what came. `target`: what the connection string has to say. */
export function resolveConnectOptions(
  options: ConnectOptions,
  target: Pick<ConnectionTarget, 'tls' | 'auth'> = SILENT,
): ResolvedConnectOptions {
  const d = CONNECT_DEFAULTS
  if (target.tls === false && options.tls !== undefined) {
    throw new ZoariumError('ERR_CONFIG', 'tls: expected a zks:// URL or no URL beside it, got zk://')
  }
  return {
    sessionTimeoutMs: integer('sessionTimeoutMs', options.sessionTimeoutMs ?? d.sessionTimeoutMs, 1, MAX_TIMER_MS),
    connectTimeoutMs: integer('connectTimeoutMs', options.connectTimeoutMs ?? d.connectTimeoutMs, 1, MAX_TIMER_MS),
    requestTimeoutMs: integer('requestTimeoutMs', options.requestTimeoutMs ?? d.requestTimeoutMs, 0, MAX_TIMER_MS),
    maxPendingRequests: integer('maxPendingRequests', options.maxPendingRequests ?? d.maxPendingRequests, 1, MAX_TIMER_MS),
    maxRequestBytes: integer('maxRequestBytes', options.maxRequestBytes ?? d.maxRequestBytes, 1024, 2 ** 30),
    maxFrameBytes: integer('maxFrameBytes', options.maxFrameBytes ?? d.maxFrameBytes, 1024, 2 ** 30),
    onExpired: oneOf('onExpired', options.onExpired ?? d.onExpired, ['renew', 'close']),
    keepLastZxid: options.keepLastZxid ?? d.keepLastZxid,
    canBeReadOnly: options.canBeReadOnly ?? d.canBeReadOnly,
    whenDisconnected: oneOf('whenDisconnected', options.whenDisconnected ?? d.whenDisconnected, ['queue', 'reject']),
    auth: [...(target.auth === null ? [] : [target.auth]), ...(options.auth ?? [])].map(checkedAuth),
    sasl: options.sasl === undefined ? null : checkedSasl(options.sasl),
    tls: options.tls ?? (target.tls === true ? {} : null),
    lookup: options.lookup === undefined ? null : aFunction('lookup', options.lookup),
    backoff: aFunction('backoff', options.backoff ?? decorrelatedJitter),
    random: options.random ?? systemSeeded(),
    logger: options.logger ?? SILENT_LOGGER,
  }
}

/** The bytes of a secret or of a znode's data; a string means its UTF-8. */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data
}

/** Throws `ERR_CONFIG` unless `value` is an integer within the bounds. */
export function integer(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected an integer from ${min} to ${max}, got ${String(value)}`)
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected one of ${allowed.join(', ')}, got ${String(value)}`)
}

function aFunction<T>(name: string, value: T): T {
  if (typeof value === 'function') return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected a function, got ${typeof value}`)
}

/** Throws `ERR_CONFIG` unless it is a scheme with its secret; never puts the secret into the text. */
export function checkedAuth(info: AuthInfo): AuthInfo {
  if (typeof info.scheme !== 'string' || info.scheme === '') {
    throw new ZoariumError('ERR_CONFIG', `auth: expected a scheme such as 'digest', got ${JSON.stringify(info.scheme)}`)
  }
  if (typeof info.auth !== 'string' && !(info.auth instanceof Uint8Array)) {
    throw new ZoariumError('ERR_CONFIG', `auth: expected a string or bytes for scheme '${info.scheme}', got ${typeof info.auth}`)
  }
  return info
}

function checkedSasl({ user, password }: SaslCredentials): SaslCredentials {
  if (typeof user !== 'string' || user === '') throw new ZoariumError('ERR_CONFIG', `sasl: expected a user, got ${JSON.stringify(user)}`)
  if (typeof password !== 'string') throw new ZoariumError('ERR_CONFIG', `sasl: expected a password as a string, got ${typeof password}`)
  return { user, password }
}

function systemSeeded(): Random {
  return new SeededRandom(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER))
}
