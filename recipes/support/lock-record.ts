// recipes: what a lock's znode says about its contender, as JSON. Other programs may write anything: what cannot be read is left empty.

//   { "label": "nightly report", "host": "db-3", "pid": 4711, "owner": "4h0x...9q" }
//   { "label": "nightly report", "host": "db-3", "pid": 4711, "revoke": { "by": "ops", "graceMs": 5000, "force": true } }

import { hostname } from 'node:os'

const HOST = hostname()
const LONGEST_FOREIGN_LABEL = 100

/** The wish of somebody else that a holder should let go. */
export interface RevocationRequest {
  /** Who asks. */
  readonly by: string
  /** How long the holder has, in milliseconds from when the request was written. */
  readonly graceMs: number
  /** Whether the lock will be taken away after that. */
  readonly force: boolean
}

/** The data of a lock's znode. */
export interface LockRecord {
  readonly label: string
  readonly host: string | null
  /** Process id, `null` if unknown. */
  readonly pid: number | null
  /** Which task contends, the same for all locks that it holds or waits for; `null` if unknown. */
  readonly owner: string | null
  readonly revoke: RevocationRequest | null
}

/** The record of a contender of this process. */
export function ownLockRecord(label: string, owner: string | null): LockRecord {
  return { label, host: HOST, pid: process.pid, owner, revoke: null }
}

export function encodeLockRecord(record: LockRecord): string {
  return JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)))
}

/** What is not JSON comes from other libraries, which write an address or a name: it becomes the label. */
export function decodeLockRecord(data: Buffer | null): LockRecord {
  const parsed = parse(data)
  if (parsed === undefined) return { label: foreignLabel(data), host: null, pid: null, owner: null, revoke: null }
  const { label, host, pid, owner, revoke } = asFields(parsed)
  return {
    label: typeof label === 'string' ? label : '',
    host: typeof host === 'string' ? host : null,
    pid: typeof pid === 'number' ? pid : null,
    owner: typeof owner === 'string' ? owner : null,
    revoke: decodeRequest(revoke),
  }
}

function decodeRequest(value: unknown): RevocationRequest | null {
  const { by, graceMs, force } = asFields(value)
  if (typeof by !== 'string' || typeof graceMs !== 'number') return null
  return { by, graceMs, force: force === true }
}

function asFields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** `undefined` for what is not JSON. */
function parse(data: Buffer | null): unknown {
  if (data === null || data.length === 0) return null
  try {
    return JSON.parse(data.toString())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function foreignLabel(data: Buffer | null): string {
  return (data?.toString() ?? '').replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').slice(0, LONGEST_FOREIGN_LABEL)
}
