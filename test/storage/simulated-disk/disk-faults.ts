// Which operations of a simulated disk fail or stall, drawn from a seed of their own, so that a fault drawn or not shifts nothing else.
import { SeededRandom } from '../../../core/support/random.ts'

/** Faults of single operations. Damage to what lies on the disk, lack of room and crashes are done by the test, not drawn here. */
export type OperationFault =
  /** A sync, or the sync in a durable write, fails: cached-content.ts draws what follows. */
  | 'fsync'
  /** A write fails with EIO; some first part of it may have arrived. */
  | 'write'
  /** A first part of a write arrives and the operation says so. */
  | 'short'
  /** Any other operation fails with EIO and has done nothing. */
  | 'failing'
  /** The operation takes between one second and a minute, and succeeds. */
  | 'stall'

/** Probability of each fault per operation that it can hit. */
export type FaultRates = Readonly<Partial<Record<OperationFault, number>>>

/** A fault that was drawn. */
export interface DrawnFault {
  readonly fault: OperationFault
  /** The operation, as in the disk's trace. */
  readonly what: string
}

/** What a simulated disk asks before each operation. */
export interface FaultSource {
  /** Whether the fault hits this operation. */
  hits(fault: OperationFault, what: string): boolean
  /** An integer in [0, bound), for how far the operation came. */
  below(bound: number): number
}

export class DiskFaults implements FaultSource {
  readonly #random: SeededRandom
  readonly #rates: FaultRates
  /** While false, nothing is drawn. */
  armed = true
  /** Multiplies the rates. */
  factor = 1
  /** Everything drawn so far. */
  readonly drawn: DrawnFault[] = []

  constructor(seed: number, rates: FaultRates) {
    this.#random = new SeededRandom(seed)
    this.#rates = rates
  }

  hits(fault: OperationFault, what: string): boolean {
    const rate = this.armed ? (this.#rates[fault] ?? 0) * this.factor : 0
    if (rate === 0 || this.#random.next() >= rate) return false
    this.drawn.push({ fault, what })
    return true
  }

  below(bound: number): number {
    return this.#random.below(bound)
  }
}

export function ioError(what: string): Error {
  return Object.assign(new Error(`EIO: i/o error, ${what}`), { code: 'EIO' })
}

export function noSpace(what: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${what}`), { code: 'ENOSPC' })
}

export function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
}
