// replica: whether clients are served: once what was acknowledged before is here, and as long as the ensemble is in reach. PURE.
//
//   behind --in contact--> asking --the index that was told is applied here--> ready --out of contact for GRACE_MS--> behind
//      \--leads: it has everything already--------------------------------->/
//
// Contact alone is not enough: a follower that comes back hears of the leader long before it has what it missed.

/** Clients wait this long for a server that is out of contact, and this share of their session's timeout, before they are sent away. */
export const GRACE_MS = 3000
const GRACE_SHARE = 3

/** Stands for this server where somebody asks for an index. */
export const READINESS: unique symbol = Symbol('readiness')

/** What it looks at. */
export interface ReadinessFacts {
  /** Whether the first entry of the current term was applied here. */
  readonly termApplied: boolean
  readonly leads: boolean
  readonly contactUntilMs: number
}

export class Readiness {
  #ready = false
  /** What must be applied here. */
  #index: number | 'unknown' | 'asked' = 'unknown'

  get ready(): boolean {
    return this.#ready
  }

  /** Becomes ready if it may; `ask`: the index is to be asked for. Says whether it became so just now. */
  becomes({ termApplied, leads, contactUntilMs }: ReadinessFacts, nowMs: number, appliedIndex: number, ask: () => void): boolean {
    if (this.#ready || !termApplied || nowMs >= contactUntilMs) return false
    if (!leads && this.#index === 'unknown') {
      this.#index = 'asked'
      ask()
    }
    this.#ready = leads || (typeof this.#index === 'number' && appliedIndex >= this.#index)
    return this.#ready
  }

  /** The index that was asked for is known. */
  indexKnown(index: number): void {
    this.#index = index
  }

  /** Nobody answers what was asked any more. */
  forgetIndex(): void {
    this.#index = 'unknown'
  }

  /** For how long it is out of contact, -1 if it is not; for a server that is not ready neither. */
  outOfContactMs({ contactUntilMs }: ReadinessFacts, nowMs: number): number {
    return this.#ready && nowMs >= contactUntilMs ? nowMs - contactUntilMs : -1
  }

  /** The ensemble was out of reach for too long. */
  ends(): void {
    this.#ready = false
    this.forgetIndex()
  }
}

/** Whether a client with this session has waited long enough for a server that is out of contact. */
export function hasWaitedEnough(sessionTimeoutMs: number, outOfContactMs: number): boolean {
  return outOfContactMs >= sessionTimeoutMs / GRACE_SHARE
}
