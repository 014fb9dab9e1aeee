// client: one request on its way: from the call of a public method to the settling of its promise, over queue, socket and reconnects.
//
//   queued --flush--> sent --reply--> settled          abort, timeout and close settle it from anywhere
//      ^                |
//      '--connection lost (afterLoss: resend)

import { ZoariumError } from '../errors.ts'
import type { ReplyHeaderFields } from '../wire/headers.ts'
import { opName } from '../wire/op-classes.ts'
import type { Reader } from '../wire/reader.ts'
import type { Request } from '../wire/records.ts'
import type { Chroot } from './chroot.ts'
import { allowManyWaits } from './many-waits.ts'
import type { WatchIntent } from './watch-registry.ts'

/**
 * What becomes of a request whose connection is lost before its reply came:
 * - `resend`: it changes nothing at the server, so it is sent again;
 * - `unknown`: a write; once sent, its outcome is unknown;
 * - `drop`: it makes sense on this very connection only.
 */
export type AfterLoss = 'resend' | 'unknown' | 'drop'

/** What a decoder of a reply works with. */
export interface CallContext {
  readonly request: Request
  /** The client's name of the path, `undefined` where the request has none. */
  readonly path: string | undefined
  readonly chroot: Chroot
}

/** Reads a reply's body. */
export type Decoder<T> = (r: Reader, call: CallContext, header: Readonly<ReplyHeaderFields>) => T

/** What a call that failed at the server means to the caller: a value after all, or `undefined` for the error that the code stands for. */
export type Recovery<T> = (err: number) => { readonly value: T } | undefined

/** How the queue and the connection see a call. */
export interface PendingCall extends CallContext {
  readonly afterLoss: AfterLoss
  readonly watch: WatchIntent | null
  readonly settled: boolean
  /** 0 until sent. */
  xid: number
  sentAtMs: number
  /** When the caller's patience ends, Infinity for never. */
  dueAtMs: number
  /** Decodes and resolves; throws ProtocolError on a broken body and is not settled then. */
  accept(r: Reader, header: Readonly<ReplyHeaderFields>): void
  /** The server answered with an error code. */
  refuse(err: number, error: ZoariumError): void
  fail(reason: unknown): void
}

/** What the call is about, for texts: `getData /a`. */
export function describe(call: CallContext): string {
  const name = opName(call.request.op)
  return call.path === undefined ? name : `${name} ${call.path}`
}

export interface CallSpec<T> extends CallContext {
  readonly decode: Decoder<T>
  readonly recover: Recovery<T> | null
  readonly afterLoss: AfterLoss
  readonly watch: WatchIntent | null
}

// One executor for all calls, so that none of them makes a closure: the constructor of Promise runs it before it returns.
let lastResolve: (value: never) => void = ignore
let lastReject: (reason: unknown) => void = ignore
function capture(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  lastResolve = resolve
  lastReject = reject
}
function ignore(): void {}

export class Call<T> implements PendingCall {
  readonly request: Request
  readonly path: string | undefined
  readonly chroot: Chroot
  readonly afterLoss: AfterLoss
  readonly watch: WatchIntent | null
  readonly promise: Promise<T>
  xid = 0
  sentAtMs = 0
  dueAtMs: number = Number.POSITIVE_INFINITY
  #settled = false
  readonly #decode: Decoder<T>
  readonly #recover: Recovery<T> | null
  readonly #resolve: (value: T) => void
  readonly #reject: (reason: unknown) => void
  #signal: AbortSignal | null = null
  #onAbort: (() => void) | null = null

  constructor(spec: CallSpec<T>) {
    this.request = spec.request
    this.path = spec.path
    this.chroot = spec.chroot
    this.afterLoss = spec.afterLoss
    this.watch = spec.watch
    this.#decode = spec.decode
    this.#recover = spec.recover
    this.promise = new Promise<T>(capture as (resolve: (value: T) => void, reject: (reason: unknown) => void) => void)
    this.#resolve = lastResolve as (value: T) => void
    this.#reject = lastReject
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Settles with the signal's reason when it aborts, and then says so to `aborted`. */
  abortOn(signal: AbortSignal, aborted: (call: PendingCall) => void): void {
    const onAbort = (): void => {
      this.fail(signal.reason)
      aborted(this)
    }
    this.#signal = signal
    this.#onAbort = onAbort
    allowManyWaits(signal)
    signal.addEventListener('abort', onAbort, { once: true })
  }

  accept(r: Reader, header: Readonly<ReplyHeaderFields>): void {
    let value: T
    try {
      value = this.#decode(r, this, header)
    } catch (error) {
      if (!(error instanceof ZoariumError)) throw error
      this.fail(error)
      return
    }
    if (this.#settle()) this.#resolve(value)
  }

  refuse(err: number, error: ZoariumError): void {
    const recovered = this.#recover === null ? undefined : this.#recover(err)
    if (recovered === undefined) this.fail(error)
    else if (this.#settle()) this.#resolve(recovered.value)
  }

  fail(reason: unknown): void {
    if (this.#settle()) this.#reject(reason)
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    if (this.#signal !== null && this.#onAbort !== null) {
      this.#signal.removeEventListener('abort', this.#onAbort)
      this.#signal = null
      this.#onAbort = null
    }
    return true
  }
}

/** Whether the call is a write whose reply can still be missed: it was sent, and the server may have carried it out. */
export function isUndecided(call: PendingCall): boolean {
  return call.xid !== 0 && call.afterLoss === 'unknown'
}

/** The error of a call that a lost connection leaves without a reply. */
export function lossError(call: PendingCall, cause: unknown): ZoariumError {
  const code = isUndecided(call) ? 'ERR_UNKNOWN_OUTCOME' : 'ERR_CONNECTION_LOSS'
  return new ZoariumError(code, describe(call), { path: call.path, cause })
}
