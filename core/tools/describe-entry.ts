// tools: one log entry in words, for whoever inspects a log. Never fails: bytes that are no entry of this program are called unreadable.

import { int64ToHex } from '../support/int64.ts'
import { bodyStart, EntryKind, EnvelopeOffset, envelopeInt32, envelopeInt64, envelopeUint32 } from '../tree/envelope.ts'
import { opName } from '../wire/op-classes.ts'
import { Reader } from '../wire/reader.ts'
import { readRequest } from '../wire/requests.ts'

export interface EntryDescription {
  /** `request: create`, `noop`, `createSession`, ... */
  readonly what: string
  /** Hexadecimal, `null` for entries of no session. */
  readonly session: string | null
  readonly path: string | null
  /** ISO 8601, `null` if it cannot be read. */
  readonly time: string | null
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(EntryKind).map(([name, kind]) => [kind, name]))
const UNREADABLE: EntryDescription = { what: 'unreadable', session: null, path: null, time: null }
const MAX_TIME_MS = 8.64e15

export function describeEntry(payload: Buffer): EntryDescription {
  if (bodyStart(payload) < 0) return UNREADABLE
  const kind = payload.readUInt8(EnvelopeOffset.kind)
  const name = NAMES.get(kind) ?? `kind ${kind}`
  const session = int64ToHex(envelopeUint32(payload, EnvelopeOffset.sessionHi), envelopeUint32(payload, EnvelopeOffset.sessionLo))
  const wallTimeMs = envelopeInt64(payload, EnvelopeOffset.wallTime)
  const time = Math.abs(wallTimeMs) <= MAX_TIME_MS ? new Date(wallTimeMs).toISOString() : null
  const of = /^0x0*$|^0*$/.test(session) ? null : session
  if (kind !== EntryKind.request) return { what: name, session: of, path: null, time }
  const op = envelopeInt32(payload, EnvelopeOffset.op)
  return { what: `${name}: ${opName(op)}`, session: of, path: pathOf(payload, op), time }
}

function pathOf(payload: Buffer, op: number): string | null {
  try {
    const request = readRequest(new Reader(payload, bodyStart(payload)), op)
    return 'path' in request && typeof request.path === 'string' ? request.path : null
  } catch {
    return null // a request that apply will refuse: it has no path to show
  }
}
