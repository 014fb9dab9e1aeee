// storage: what is known of damage in a data directory: where it is, which entries it concerns, and what can still be read. PURE.

/** Where what was durable cannot be read any more. */
export interface DamagePlace {
  /** The file, below the data directory. */
  readonly file: string
  readonly offset: number | null
  readonly problem: string
}

/** The whole of it, for messages, for an ensemble and for repair. Indices are inclusive; `null` = nothing or not known. */
export interface DamageReport extends DamagePlace {
  /** The entries of the batch where the damage begins, if its header can be read. */
  readonly badBatch: { readonly firstIndex: number; readonly lastIndex: number } | null
  /** The first entry that is missing or not to be trusted; `null` if no entry is. */
  readonly lostFrom: number | null
  /** The highest entry that a readable header, directory or snapshot name names, of those that are missing. */
  readonly lostUntil: number | null
  /** Whether it is known that the log held nothing after `lostUntil`. */
  readonly endKnown: boolean
  /** `suspect`: a newer one may have been in what cannot be read; `lost`: none can be read, so the server's votes are unknown. */
  readonly hardState: 'kept' | 'suspect' | 'lost'
  /** The newest whole snapshot, 0 for none. */
  readonly snapshotIndex: number
  /** The last entry that a repair would keep, by the snapshot or by the log. */
  readonly keptUntil: number
}

/** The cause of an `ERR_STORAGE` that refuses damaged data. */
export class StorageDamage extends Error {
  override readonly name = 'StorageDamage'
  readonly place: DamagePlace
  /** `null` for a file that is judged alone. */
  readonly report: DamageReport | null

  constructor(place: DamagePlace, report: DamageReport | null) {
    super(`${place.file}${place.offset === null ? '' : ` at offset ${place.offset}`}: ${place.problem}`)
    this.stack = `${this.name}: ${this.message}` // where in the program it was noticed helps nobody who reads of a damaged disk
    this.place = place
    this.report = report
  }
}

/** The damage that an error tells of, `null` if it tells of something else. */
export function damageIn(error: unknown): StorageDamage | null {
  return error instanceof Error && error.cause instanceof StorageDamage ? error.cause : null
}

/** `entry 4`, `entries 4 to 9`. */
export function entryRange(from: number, until: number): string {
  return from === until ? `entry ${from}` : `entries ${from} to ${until}`
}

/** What is lost and what is kept, as one clause. */
export function describeLoss(report: DamageReport): string {
  const kept = report.keptUntil === 0 ? 'nothing can be kept' : `everything up to entry ${report.keptUntil} can be kept`
  const votes = report.hardState === 'lost' ? '; term and vote of this server are lost with it' : ''
  const { lostFrom, lostUntil } = report
  if (lostFrom === null) {
    const by = report.snapshotIndex === 0 ? '' : ` (the snapshot of entry ${report.snapshotIndex} is whole)`
    return `no entry is lost${by}: ${kept}${votes}`
  }
  if (lostUntil === null || lostUntil < lostFrom) return `what came after entry ${lostFrom - 1}, if anything did, is lost; ${kept}${votes}`
  const more = report.endKnown ? '' : ', and what may have come after them'
  return `lost: ${entryRange(lostFrom, lostUntil)}${more}; ${kept}${votes}`
}
