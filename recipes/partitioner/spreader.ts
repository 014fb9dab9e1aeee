// recipes: the leader's half of a partitioner: who is there -> who gets which item, written down under its leadership.
//
//   changes of the group --quiet for settleMs--> members --distribute--> <path>/assignment (JSON, generation + 1), guarded by the leadership

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { Group, GroupChange } from '../group.ts'
import type { Leadership } from '../leader-election.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import type { ChangeIterator } from '../support/iterate.ts'
import { isTransient } from '../support/outcome.ts'
import { orMissing } from '../support/retry.ts'
import type { Assignment } from './assignment.ts'
import { decodeAssignment, distribute, encodeAssignment, NOTHING, sameOwners } from './assignment.ts'

/** What is spread, and when. */
export interface Spreading {
  readonly items: readonly string[]
  /** Where the assignment is written. */
  readonly path: string
  /** How long further members may come or go before it is spread anew. */
  readonly settleMs: number
  /** What the members follow, as far as it is known here. */
  readonly inForce: () => Assignment
}

export class Spreader {
  readonly #client: Client
  readonly #group: Group
  readonly #spreading: Spreading

  constructor(client: Client, group: Group, spreading: Spreading) {
    this.#client = client
    this.#group = group
    this.#spreading = spreading
  }

  /** Spreads anew whenever members have come or gone, as long as the leadership lasts. */
  async lead(leadership: Leadership): Promise<void> {
    const changes = this.#group.changes({ signal: leadership.signal })
    try {
      await this.#spread(leadership, changes)
    } finally {
      await changes.return()
    }
  }

  /**
   * Who is there is known from the changes alone. A list beside them could show somebody of whom they never tell, because he had left
   * before they came so far: and then nobody would tell of his leaving either.
   */
  async #spread(leadership: Leadership, changes: ChangeIterator<GroupChange>): Promise<void> {
    const present = new Set<string>()
    let isComplete = false
    let isOther = false
    let next = unheard(changes.next())
    for (;;) {
      let come: IteratorResult<GroupChange, undefined> | null = await next
      // Whoever comes or goes until then is reckoned with, too.
      const settled = unheard(sleep(this.#spreading.settleMs, leadership.signal).then(() => null))
      for (; come !== null; come = await Promise.race([settled, next])) {
        if (come.done === true) return
        isComplete ||= come.value.type === 'synced'
        isOther = apply(present, come.value) || isOther
        next = unheard(changes.next())
      }
      if (!isComplete || !isOther) continue
      isOther = false
      await this.#publish(leadership, [...present])
    }
  }

  async #publish(leadership: Leadership, members: readonly string[]): Promise<void> {
    const { path, items } = this.#spreading
    for (let round = 0; ; round++) {
      try {
        const found = await orMissing(this.#client.getData(path, { signal: leadership.signal }))
        const written = decodeAssignment(found?.data ?? null)
        // What was deleted or spoilt by hand is still followed: from there as little moves as ever, and the generation goes on.
        const before = written === NOTHING ? this.#spreading.inForce() : written
        const owners = distribute(items, members, before.owners)
        if (written !== NOTHING && sameOwners(owners, before.owners)) return
        const data = encodeAssignment({ generation: before.generation + 1, owners })
        await leadership.guard([
          found === null ? { type: 'create', path, data } : { type: 'setData', path, data, version: found.stat.version },
        ])
        return
      } catch (error) {
        leadership.signal.throwIfAborted()
        const raced = (['BAD_VERSION', 'NODE_EXISTS', 'NO_NODE'] as const).some((code) => ZoariumError.is(error, code))
        if (!raced && !isTransient(error)) throw error
      }
      await sleep(backOffMs(round), leadership.signal)
    }
  }
}

/** Brings `present` up to date; whether that matters for who gets what. */
function apply(present: Set<string>, change: GroupChange): boolean {
  switch (change.type) {
    case 'join':
      present.add(change.member.name)
      return true
    case 'leave':
      present.delete(change.member.name)
      return true
    // A former leader may have known others.
    case 'synced':
      return true
    case 'update':
      return false
  }
}

/** A promise that is awaited later: if it fails before, that is no failure that nobody hears of. */
function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
