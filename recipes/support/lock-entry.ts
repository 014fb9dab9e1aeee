// recipes: what all locks share: how somebody asks for one, and how contenders look from outside.

import type { CallOptions, Client } from '../../core/index.ts'
import type { CleanUp } from './clean-up.ts'
import type { Contestant, ContestOptions, Entry } from './contest.ts'
import { CURATOR_REVOKE } from './foreign-locks.ts'
import type { Grant } from './grant.ts'
import type { RevocationRequest } from './lock-record.ts'
import { decodeLockRecord, encodeLockRecord, ownLockRecord } from './lock-record.ts'
import { currentOwner } from './scope.ts'

/** Options that all locks take. */
export interface LockOptions extends ContestOptions {
  /** Who contends, for those who look at the queue: a host, a job. Default: empty. */
  readonly label?: string
}

/** Options of acquiring a lock. */
export interface AcquireOptions extends CallOptions {
  /**
   * One deadline for everything, in milliseconds from the call: connecting, queueing, waiting. 0: only if it is free. 0 to 2^31 - 1;
   * default:
   * none. The wait then rejects with `ERR_TIMEOUT`.
   */
  readonly timeoutMs?: number
  /** Instead of the lock's label. */
  readonly label?: string
  /**
   * The task that asks, the same for everything that it holds and waits for: {@link findDeadlocks} tells tasks apart by it. Default: inside
   * of `run` the task of the outermost `run`, else unknown.
   */
  readonly owner?: string
  /** Called when somebody asks the holder to let go, see {@link Mutex.revoke}. */
  readonly onRevoke?: (request: RevocationRequest) => void
}

/** Options of `run`. */
export interface RunLockedOptions extends AcquireOptions {
  /**
   * Whether a `run` inside of the function of another `run` on the same path and client goes ahead under the grant that is there. Without
   * it such a call rejects with `ERR_DEADLOCK` at once. Default false.
   */
  readonly reentrant?: boolean
}

/** A lock that is held. */
export interface LockGrant extends Grant {}

/** A contender of a lock. */
export interface LockContender {
  /** Its znode. */
  readonly path: string
  readonly label: string
  /** Name of the contender's host, `null` if it did not say. */
  readonly host: string | null
  /** Process id of the contender, `null` if it did not say. */
  readonly pid: number | null
  /** The task that contends, `null` if it did not say; see {@link AcquireOptions.owner}. */
  readonly owner: string | null
  /** The fencing token that it has or will have. */
  readonly token: bigint
  readonly sessionId: bigint
  /** Since when it stands in the queue: wall-clock milliseconds since 1970, by the ensemble's clock. */
  readonly sinceMs: number
  /** Whether it came from the client that looks. */
  readonly own: boolean
  /** A request to let go that was written to it. */
  readonly revocation: RevocationRequest | null
}

/** The entry into a lock's queue that the options ask for; `upgrades` as in {@link LockRecord}. */
export function lockEntry(options: AcquireOptions, label: string, cleanUp: CleanUp, upgrades: string | null = null): Entry {
  const { signal, timeoutMs, onRevoke } = options
  const data = encodeLockRecord(ownLockRecord(options.label ?? label, options.owner ?? currentOwner(), upgrades))
  const entry = { data, timeoutMs, onData: (changed: Buffer | null) => revoked(changed, onRevoke, cleanUp) }
  return signal === undefined ? entry : { ...entry, signal }
}

/** Somebody wrote to the own znode: a request to let go? True if the znode will be deleted. */
function revoked(data: Buffer | null, onRevoke: AcquireOptions['onRevoke'], cleanUp: CleanUp): boolean {
  const asCurator = data?.toString() === CURATOR_REVOKE
  const revoke = asCurator ? { by: 'Curator', graceMs: 0, force: false, comment: null } : decodeLockRecord(data).revoke
  if (revoke === null) return false
  try {
    onRevoke?.(revoke)
  } catch (error) {
    cleanUp.report(error)
  }
  return revoke.force
}

/** A contender as `client` sees it. */
export function lockContender(client: Client, { path, stat, data }: Contestant): LockContender {
  const { label, host, pid, owner, revoke } = decodeLockRecord(data)
  const { czxid: token, ephemeralOwner: sessionId, ctimeMs: sinceMs } = stat
  return { path, label, host, pid, owner, token, sessionId, sinceMs, own: sessionId === client.session.id, revocation: revoke }
}
