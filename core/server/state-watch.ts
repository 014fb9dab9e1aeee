// server: acts on what the comparison of the servers' states comes to, and says it in the log.
//
//   agreed, somebody else differs   said here too: the other server may not be able to
//   undecided                       client writes are refused until somebody is known to be right
//   astray                          the server ends rather than serve what a quorum knows to be wrong

import { ZoariumError } from '../errors.ts'
import type { StateVerdict } from '../replica/state-digests.ts'
import { unreachable } from '../support/assert.ts'
import type { Logger } from '../support/logger.ts'

/** What is done about it. */
export interface StateActions {
  refuseWrites(reason: string | null): void
  fail(error: Error): void
}

export class StateWatch {
  readonly #logger: Logger
  readonly #actions: StateActions
  #last: StateVerdict | null = null
  #refused = false

  constructor(logger: Logger, actions: StateActions) {
    this.#logger = logger
    this.#actions = actions
  }

  /** After each turn. */
  look(verdict: StateVerdict): void {
    if (verdict === this.#last) return
    this.#last = verdict
    const { type, differing } = verdict
    switch (type) {
      case 'agreed':
        if (differing.length > 0) this.#logger.error({ servers: differing }, 'the state of other servers is wrong: a quorum has another')
        this.#refuse(null)
        break
      case 'undecided':
        this.#logger.error({ servers: differing, index: verdict.index }, 'servers differ in their state, and no quorum has the same')
        this.#refuse('servers differ in their state, and no quorum has the same')
        break
      case 'astray':
        this.#actions.fail(
          new ZoariumError(
            'DATA_INCONSISTENCY',
            `the state of this server is wrong: a quorum has another after entry ${verdict.index} (servers ${differing.join(', ')})`,
          ),
        )
        break
      default:
        unreachable(type)
    }
  }

  #refuse(reason: string | null): void {
    if (reason === null && !this.#refused) return
    this.#refused = reason !== null
    this.#actions.refuseWrites(reason)
    if (reason === null) this.#logger.info({}, 'a quorum has the same state; client writes are taken')
  }
}
