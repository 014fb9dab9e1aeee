// A simulated machine with one process that uses the package: its clock, its event loop, its randomness. It is paused and killed.
//
// What the process sets or hears goes through here: timers, immediates, what comes from sockets. While it is paused everything waits, and when it runs
// again it comes in the order of Node's event loop:
//
//   timers that are due -> what came by sockets -> immediates
//
// Which machine runs now is kept per asynchronous context, so that code behind an `await` still has its own machine's clock.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Random } from '../../../core/support/random.ts'
import type { Scheduler } from '../scheduler.ts'

type Phase = 'timers' | 'poll' | 'check'
const PHASES: readonly Phase[] = ['timers', 'poll', 'check']

/** Timers ring late by up to so much, as real ones do. */
const MAX_LATENESS_MS = 0.8

const current = new AsyncLocalStorage<Machine>()

/** The machine whose code runs now, `undefined` outside of all. */
export function currentMachine(): Machine | undefined {
  return current.getStore()
}

/** What {@link Machine.setTimer} gives, as much like Node's as anybody needs. */
export class SimTimer {
  readonly #cancel: (timer: SimTimer) => void
  constructor(cancel: (timer: SimTimer) => void) {
    this.#cancel = cancel
  }
  cancel(): void {
    this.#cancel(this)
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  hasRef(): boolean {
    return true
  }
}

export interface MachineWorld {
  readonly scheduler: Scheduler
  /** Called before code of a machine runs. */
  readonly entered: () => void
}

export class Machine {
  readonly name: string
  readonly random: Random
  /** What leaves with the process when it dies: connections. */
  readonly onDeath: Set<() => void> = new Set()
  readonly #world: MachineWorld
  readonly #rate: number
  readonly #offsetMs: number
  readonly #timers = new Set<SimTimer>()
  readonly #waiting: Record<Phase, (() => void)[]> = { timers: [], poll: [], check: [] }
  #pausedUntilMs = 0
  #dead = false

  /** `driftPpm`: how much faster than the world's its monotonic clock runs, per million. */
  constructor(name: string, world: MachineWorld, random: Random, driftPpm: number) {
    this.name = name
    this.#world = world
    this.random = random
    this.#rate = 1 + driftPpm / 1e6
    this.#offsetMs = random.below(1_000_000)
  }

  get dead(): boolean {
    return this.#dead
  }
  get paused(): boolean {
    return this.#pausedUntilMs > this.#world.scheduler.nowMs
  }
  /** Timers that are set and have not rung. */
  get timers(): number {
    return this.#timers.size
  }
  /** The monotonic clock. */
  get nowMs(): number {
    return this.#world.scheduler.nowMs * this.#rate + this.#offsetMs
  }

  /** Runs `fn` as code of this machine, now. */
  run<T>(fn: () => T): T {
    this.#world.entered()
    return current.run(this, fn)
  }

  setTimer(ms: number, call: () => void): SimTimer {
    const inContext = AsyncLocalStorage.snapshot()
    const timer = new SimTimer((it) => this.#timers.delete(it))
    this.#timers.add(timer)
    const delay = Math.max(1, ms) / this.#rate + this.random.next() * MAX_LATENESS_MS
    this.#world.scheduler.after(delay, () =>
      this.#ready('timers', () => {
        if (this.#timers.delete(timer)) inContext(call)
      }),
    )
    return timer
  }

  setImmediate(call: () => void): SimTimer {
    const inContext = AsyncLocalStorage.snapshot()
    const timer = new SimTimer((it) => this.#timers.delete(it))
    this.#timers.add(timer)
    this.#world.scheduler.after(0, () =>
      this.#ready('check', () => {
        if (this.#timers.delete(timer)) inContext(call)
      }),
    )
    return timer
  }

  /** Something came by a socket. */
  deliver(call: () => void): void {
    this.#ready('poll', () => current.run(this, call))
  }

  /** SIGSTOP, and SIGCONT after `ms`. */
  pause(ms: number): void {
    if (this.#dead) return
    const { scheduler } = this.#world
    const until = Math.max(this.#pausedUntilMs, scheduler.nowMs + ms)
    this.#pausedUntilMs = until
    scheduler.after(ms, () => {
      if (this.#pausedUntilMs === until) this.resume()
    })
  }

  resume(): void {
    this.#pausedUntilMs = 0
    for (const phase of PHASES) {
      for (const call of this.#waiting[phase].splice(0)) this.#world.scheduler.after(0, () => this.#ready(phase, call))
    }
  }

  /** kill -9: no line of its code runs any more. */
  kill(): void {
    this.#dead = true
    this.#timers.clear()
    for (const phase of PHASES) this.#waiting[phase].length = 0
    for (const gone of this.onDeath) gone()
    this.onDeath.clear()
  }

  #ready(phase: Phase, call: () => void): void {
    if (this.#dead) return
    if (this.paused) {
      this.#waiting[phase].push(call)
      return
    }
    this.#world.entered()
    call()
  }
}
