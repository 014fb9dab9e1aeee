// What a recipe is put to: the work of each process, and what must hold while it does it.

import type { Client } from '../../../core/index.ts'
import type { Random } from '../../../core/support/random.ts'
import type { History } from './history.ts'
import type { Machine } from './machine.ts'

export interface ScenarioWorld {
  readonly history: History
  /** Drawn from the seed before anything happens. */
  readonly random: Random
  readonly nowMs: number
  /** Whether work is to come to its end: faults are over. */
  readonly over: boolean
  /** All processes that live or lived. */
  readonly actors: readonly Actor[]
  /** Of how many machines it is. */
  readonly machines: number
  fail(what: string): never
  say(who: string, what: string): void
  saw(what: string): void
}

/** One process on a machine, with its client. Its code runs on that machine alone. */
export interface Actor {
  readonly name: string
  readonly machine: Machine
  readonly client: Client
  readonly random: Random
  /** In place of a process's warnings: what no caller of a recipe waits for. */
  readonly onError: (error: unknown) => void
  /** Runs `work` and says what it waits for, in case it never ends. */
  waits<T>(what: string, work: Promise<T>): Promise<T>
  sleep(ms: number): Promise<void>
}

export abstract class Scenario {
  readonly world: ScenarioWorld

  constructor(world: ScenarioWorld) {
    this.world = world
  }

  /** The work of one process, once or again after it died. Resolves when all is over, with every recipe closed. */
  abstract work(actor: Actor): Promise<void>

  /** At the end, when nobody is there any more. */
  check(): void {}
}

/** Rethrows unless the error carries one of these codes. */
export function expectCode(error: unknown, ...codes: readonly string[]): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (!codes.includes(code)) throw error
  return code
}

/** `times` pieces of work at a time; resolves when all ended, rejects at the first that fails. */
export async function inParallel(times: number, work: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: times }, (_, index) => work(index)))
}
