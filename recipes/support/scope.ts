// recipes: what a task holds, as far as `run` can know it: the functions that it calls, and what they await, run in its scope.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Client } from '../../core/index.ts'
import type { NodeGrant } from './grant.ts'
import { newId } from './ids.ts'

// Threads have identities, tasks of JavaScript have none: but what is called or awaited inside a function can be told from everything else.
//
//   a.run(  ... b.run( ... ) ...  )      inside the inner function: scope(b) -> scope(a), one owner for both

/** One function of `run` that has not settled. */
export interface Scope {
  readonly client: Client
  readonly path: string
  /** What is held: `lock`, `read`, `write`, ... */
  readonly mode: string
  readonly grant: NodeGrant
  /** The task, the same for all scopes in one another. */
  readonly owner: string
  readonly outer: Scope | Task | undefined
  /** Timers and the like that were started inside live longer. */
  ended: boolean
}

/** A function that runs for a task, without anything that calls inside of it could go ahead under. */
type Task = Pick<Scope, 'owner' | 'outer'>

const SCOPES = new AsyncLocalStorage<Scope | Task>()

/** The task that asks: the one whose scope this is, or `null` outside of every `run`. */
export function currentOwner(): string | null {
  return SCOPES.getStore()?.owner ?? null
}

/** The task that asks, a new one outside of every `run`. */
export function ownerOrNew(): string {
  return currentOwner() ?? newId()
}

/** The innermost scope that holds something of this path. */
export function heldInScope(client: Client, path: string): Scope | null {
  for (let scope = SCOPES.getStore(); scope !== undefined; scope = scope.outer) {
    if ('path' in scope && !scope.ended && scope.client === client && scope.path === path) return scope
  }
  return null
}

/** Runs `work` in a scope of its own, which ends when it has settled. */
export async function inScope<T>(what: Omit<Scope, 'outer' | 'ended'>, work: () => Promise<T> | T): Promise<T> {
  const scope: Scope = { ...what, outer: SCOPES.getStore(), ended: false }
  try {
    return await SCOPES.run(scope, work)
  } finally {
    scope.ended = true
  }
}

/** Runs `work` for the task `owner`: what it asks for it asks for in its name. */
export function inTask<T>(owner: string, work: () => T): T {
  return SCOPES.run({ owner, outer: SCOPES.getStore() }, work)
}
