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
  /** Why, in words; `null` if nothing was said. */
  readonly comment: string | null
}

/** A note in the lock's folder of who last took the lock away from its holder by force. */
export interface LockBreak {
  /** Who took it away. */
  readonly by: string
  readonly comment: string | null
  /** When: wall-clock milliseconds since 1970, by the ensemble's clock. */
  readonly atMs: number
  /** The token of the holder that lost it. */
  readonly token: bigint
  /** Label, host and process of that holder, as it had said. */
  readonly label: string
  readonly host: string | null
  readonly pid: number | null
}

/** The data of a lock's znode. */
export interface LockRecord {
  readonly label: string
  readonly host: string | null
  /** Process id, `null` if unknown. */
  readonly pid: number | null
  /** Which task contends, the same for all locks that it holds or waits for; `null` if unknown. */
  readonly owner: string | null
  /** Name of the znode of the upgradeable reader that becomes a writer by this one; `null` for everybody else. */
  readonly upgrades: string | null
  readonly revoke: RevocationRequest | null
}

/** The record of a contender of this process. */
export function ownLockRecord(label: string, owner: string | null, upgrades: string | null = null): LockRecord {
  return { label, host: HOST, pid: process.pid, owner, upgrades, revoke: null }
}

export function encodeLockRecord(record: LockRecord): string {
  return JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)))
}

/** What is not JSON comes from other libraries, which write an address or a name: it becomes the label. */
export function decodeLockRecord(data: Buffer | null): LockRecord {
  const parsed = parse(data)
  if (parsed === undefined) return { label: foreignLabel(data), host: null, pid: null, owner: null, upgrades: null, revoke: null }
  const { label, host, pid, owner, upgrades, revoke } = asFields(parsed)
  return {
    label: typeof label === 'string' ? label : '',
    host: typeof host === 'string' ? host : null,
    pid: typeof pid === 'number' ? pid : null,
    owner: typeof owner === 'string' ? owner : null,
    upgrades: typeof upgrades === 'string' ? upgrades : null,
    revoke: decodeRequest(revoke),
  }
}

function decodeRequest(value: unknown): RevocationRequest | null {
  const { by, graceMs, force, comment } = asFields(value)
  if (typeof by !== 'string' || typeof graceMs !== 'number') return null
  return { by, graceMs, force: force === true, comment: typeof comment === 'string' ? comment : null }
}

/** The note, for the folder's data. The time of it is the folder's mtime. */
export function encodeLockBreak(note: Omit<LockBreak, 'atMs'>): string {
  return JSON.stringify({ broken: { ...note, token: String(note.token) } })
}

/** The note in the folder's data, `null` if there is none. */
export function decodeLockBreak(data: Buffer | null, atMs: number): LockBreak | null {
  const { broken } = asFields(parse(data))
  const { by, comment, token, label, host, pid } = asFields(broken)
  if (typeof by !== 'string' || typeof token !== 'string' || !/^\d+$/.test(token)) return null
  return {
    by,
    comment: typeof comment === 'string' ? comment : null,
    atMs,
    token: BigInt(token),
    label: typeof label === 'string' ? label : '',
    host: typeof host === 'string' ? host : null,
    pid: typeof pid === 'number' ? pid : null,
  }
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
