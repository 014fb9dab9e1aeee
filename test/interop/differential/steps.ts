// The vocabulary of the differential tester: what a random sequence of requests is made of.
//
// Paths are written with `~` for the folder that the sequence has to itself: `~/a` is sent as `/d0000012-00/a`.

import type { Request } from '../../../core/wire/records.ts'

/** Stands for the newest zxid that the sequence saw when a connection was cut: replaced when a setWatches is sent. */
export const MARK = -7777

/** How the bytes of a request's body are spoiled before they leave. Positions count from the body's start, so roots have equal lengths. */
export type Spoil =
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'junk'; readonly bytes: Buffer }
  | { readonly kind: 'int'; readonly at: number; readonly value: number }

/** One request as it is sent. */
export interface Call {
  readonly request: Request
  /** The op code in the header when it is not the request's own. */
  readonly opCode: number | null
  readonly spoil: Spoil | null
  /** `null`: the next one of the connection, or the reserved one of the op. */
  readonly xid: number | null
}

export interface ConnectStep {
  readonly kind: 'connect'
  readonly slot: number
  /** The session's name. */
  readonly session: string
  readonly how: 'new' | 'again' | 'wrong password' | 'short password' | 'unknown session'
  readonly timeoutMs: number
  readonly lastSeen: 'nothing' | 'mark' | 'future'
  /** `null`: without the byte, as clients up to 3.3. */
  readonly readOnly: boolean | null
}

export interface CallStep {
  readonly kind: 'call'
  readonly slot: number
  readonly call: Call
  /** Leaves in one write with the next step, if that is a call of the same slot that may be pipelined. */
  readonly more: boolean
}

export interface CutStep {
  readonly kind: 'cut'
  readonly slot: number
}

/** Bytes that are no request: a length that cannot be, a frame without a header. */
export interface RawStep {
  readonly kind: 'raw'
  readonly slot: number
  readonly bytes: Buffer
}

export type Step = ConnectStep | CallStep | CutStep | RawStep
