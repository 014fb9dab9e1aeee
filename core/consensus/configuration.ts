// consensus: configurations: how one follows from another through a joint one, and which is in force at which index. PURE.
//
//   { voters: 1 2 3 } --begin(goal 1 2 4)--> { voters: 1 2 4, outgoing: 1 2 3 } --leave--> { voters: 1 2 4 }
//
// In force from the moment its entry is appended, and no longer once that entry is cut off (thesis 4.1). So the history is a stack:
//
//   base (snapshot or settings) | entry 17: joint | entry 20: left        truncateFrom(20) takes the last one off again

import { assert } from '../support/assert.ts'
import { MAX_VOTERS } from './quorum.ts'
import type { Configuration } from './types.ts'

/** Who shall belong to the ensemble. */
export interface ConfigurationGoal {
  readonly voters: readonly number[]
  readonly learners: readonly number[]
  /** Opaque bytes of the replica, at most {@link MAX_CONTEXT_BYTES}. */
  readonly context: Buffer
}

/** Every snapshot carries it. */
export const MAX_CONTEXT_BYTES = 8192

const NOBODY: readonly number[] = []

export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0
}

/** Everybody who gets the log, ascending. */
export function membersOf({ voters, outgoing, learners, learnersNext }: Configuration): number[] {
  return ascending([...voters, ...outgoing, ...learners, ...learnersNext])
}

export function simpleConfiguration({ voters, learners, context }: ConfigurationGoal): Configuration {
  return { voters: ascending(voters), outgoing: NOBODY, learners: ascending(learners), learnersNext: NOBODY, context }
}

/** What is wrong with a goal in itself, `null` if nothing is. */
export function goalProblem({
  voters,
  learners,
  context,
}: ConfigurationGoal): 'noVoters' | 'tooManyVoters' | 'badId' | 'contextTooLarge' | null {
  if (context.length > MAX_CONTEXT_BYTES) return 'contextTooLarge'
  if (voters.length === 0) return 'noVoters'
  if (new Set(voters).size > MAX_VOTERS) return 'tooManyVoters'
  const ids = [...voters, ...learners]
  const bad = ids.some((id) => !Number.isInteger(id) || id < 1 || id > 0xffff_ffff) || learners.some((id) => voters.includes(id))
  return bad ? 'badId' : null
}

/** The first step towards a goal: joint if the voters differ, else the goal itself. */
export function begin(now: Configuration, goal: ConfigurationGoal): Configuration {
  assert(!isJoint(now), 'a joint configuration is left before the next change')
  const next = simpleConfiguration(goal)
  if (sameIds(now.voters, next.voters)) return next
  return {
    ...next,
    outgoing: now.voters,
    learners: next.learners.filter((id) => !now.voters.includes(id)),
    learnersNext: next.learners.filter((id) => now.voters.includes(id)),
  }
}

/** The second step. */
export function leave(joint: Configuration): Configuration {
  assert(isJoint(joint), 'only a joint configuration is left')
  const { voters, learners, learnersNext, context } = joint
  return { voters, outgoing: NOBODY, learners: ascending([...learners, ...learnersNext]), learnersNext: NOBODY, context }
}

/** Which configuration is in force at which index of the log. */
export class ConfigurationHistory {
  #current: Configuration
  #index: number
  #base: Configuration
  /** Whether the base must be kept in snapshots: it came out of one, or others belong to it. */
  #baseRecorded: boolean
  #baseIndex: number
  readonly #changes: { readonly index: number; readonly configuration: Configuration }[] = []

  constructor(base: Configuration, index: number, recorded: boolean) {
    this.#base = base
    this.#baseIndex = index
    this.#baseRecorded = recorded
    this.#current = base
    this.#index = index
  }

  /** The one in force. */
  get current(): Configuration {
    return this.#current
  }
  /** Index of the entry that carries it. */
  get index(): number {
    return this.#index
  }

  /** Whether `holds` is true of the one in force at `index` or of any later one. */
  someSince(index: number, holds: (configuration: Configuration) => boolean): boolean {
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i]
      if (change === undefined) continue
      if (holds(change.configuration)) return true
      if (change.index <= index) return false
    }
    return holds(this.#base)
  }

  append(index: number, configuration: Configuration): void {
    assert(index > this.#index, 'configurations come in the order of the log')
    this.#changes.push({ index, configuration })
    this.#noteNewest()
  }

  /** The entries from `index` on were cut off. Says whether another configuration is in force now. */
  truncateFrom(index: number): boolean {
    const before = this.#changes.length
    while ((this.#changes.at(-1)?.index ?? -1) >= index) this.#changes.pop()
    this.#noteNewest()
    return this.#changes.length !== before
  }

  /** A snapshot took the place of everything. */
  restart(base: Configuration, index: number): void {
    this.#changes.length = 0
    this.#base = base
    this.#baseIndex = index
    this.#baseRecorded = true
    this.#noteNewest()
  }

  /** What a snapshot at `index` must carry; `undefined` for a server that never had company. */
  at(index: number): Configuration | undefined {
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i]
      if (change !== undefined && change.index <= index) return change.configuration
    }
    return this.#baseRecorded ? this.#base : undefined
  }

  #noteNewest(): void {
    const newest = this.#changes.at(-1)
    this.#current = newest?.configuration ?? this.#base
    this.#index = newest?.index ?? this.#baseIndex
  }
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b)
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}
