// recipes: what a lock's znode says about its contender, as JSON. Other programs may write anything: what cannot be read is left empty.

//   { "label": "nightly report", "pid": 4711 }
//   { "label": "nightly report", "pid": 4711, "revoke": { "by": "ops", "graceMs": 5000, "force": true } }

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
  /** Process id, `null` if unknown. */
  readonly pid: number | null
  readonly revoke: RevocationRequest | null
}

export function encodeLockRecord(record: LockRecord): string {
  const { label, pid, revoke } = record
  return JSON.stringify(revoke === null ? { label, pid } : { label, pid, revoke })
}

export function decodeLockRecord(data: Buffer | null): LockRecord {
  const fields = asFields(parse(data))
  const { label, pid, revoke } = fields
  return { label: typeof label === 'string' ? label : '', pid: typeof pid === 'number' ? pid : null, revoke: decodeRequest(revoke) }
}

function decodeRequest(value: unknown): RevocationRequest | null {
  const { by, graceMs, force } = asFields(value)
  if (typeof by !== 'string' || typeof graceMs !== 'number') return null
  return { by, graceMs, force: force === true }
}

function asFields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parse(data: Buffer | null): unknown {
  if (data === null || data.length === 0) return null
  try {
    return JSON.parse(data.toString())
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
