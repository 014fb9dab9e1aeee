// recipes: the one model of losing something that a session holds, in words: states, reasons, policies.

//        connection gone                 deadline passed, session expired,
//   held ---------------> suspended ---. znode deleted, released, closed, revoked
//     ^ <---------------               v
//        attached again              lost(reason)      nothing leads out of here
//     '---------------------------------^

/**
 * Where a hold stands. `suspended`: the connection is gone, but until the session's deadline nobody else can get what is held. `lost` is
 * final.
 */
export type HoldState = 'held' | 'suspended' | 'lost'

/**
 * Why a hold ended:
 * - `expired`: the servers ended the session;
 * - `deadline`: by the own clock the session may have ended; also a disconnection with `onSuspended: 'stepDown'`;
 * - `nodeDeleted`: somebody deleted the znode that stands for the hold;
 * - `revoked`: somebody took it away with a forced revocation;
 * - `released`: by its holder;
 * - `closed`: the recipe or the client was closed.
 */
export type LostReason = 'expired' | 'deadline' | 'nodeDeleted' | 'revoked' | 'released' | 'closed'

/**
 * What a disconnection does: nothing until the session's deadline (`keepUntilDeadline`); a pause until the connection is back, in which the hold does not count
 * as held, or until the deadline (`pause`); or the loss at once (`stepDown`).
 */
export type OnSuspended = 'keepUntilDeadline' | 'pause' | 'stepDown'

/** The words of {@link OnSuspended}. */
export const ON_SUSPENDED: readonly OnSuspended[] = ['keepUntilDeadline', 'pause', 'stepDown']
