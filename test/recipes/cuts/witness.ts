// test support: the stage of one run, and what it has seen of grants.

import { expect } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { ZoariumError } from '../../../core/index.ts'
import type { Grant } from '../../../recipes/support/grant.ts'
import { until } from '../support/world.ts'
import type { Fate } from './cells.ts'
import type { Stage } from './stage.ts'
import { tolerate } from './stage.ts'

export class Witness implements Stage {
  readonly client: Client
  readonly other: Client
  readonly path: string
  readonly fate: Fate | null
  readonly #eye: Client
  readonly #stop = new AbortController()
  readonly #exclusive: Grant[] = []
  readonly #shared: Grant[] = []

  constructor(client: Client, other: Client, eye: Client, path: string, fate: Fate | null) {
    this.client = client
    this.other = other
    this.#eye = eye
    this.path = path
    this.fate = fate
  }

  get disturbed(): boolean {
    return this.fate !== null
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Ends the run: its calls, its waiting. */
  stop(reason: unknown): void {
    this.#stop.abort(reason)
  }

  async children(path: string = this.path): Promise<string[]> {
    await this.#eye.sync('/')
    return this.#eye.getChildren(path).then(
      ({ children }) => children,
      (error: unknown) => {
        if (ZoariumError.is(error, 'NO_NODE')) return []
        throw error
      },
    )
  }

  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await until(async () => {
      this.signal.throwIfAborted()
      return condition()
    }, what)
  }

  async enter(grant: Grant): Promise<void> {
    // Whose znode was taken away may learn it after somebody else was let in: there only the order of what was written counts.
    if (this.fate !== 'own znodes deleted') {
      const beside = [...this.#exclusive, ...this.#shared].filter((one) => one.isHeld && one !== grant && one.token !== grant.token)
      if (grant.isHeld) expect(beside).toEqual([])
      const last = this.#exclusive.at(-1)
      if (last !== undefined) expect(grant.token).toBeGreaterThanOrEqual(last.token)
    }
    this.#exclusive.push(grant)
    await tolerate(
      this,
      grant.guard([{ type: 'create', path: `${this.path}-log/entry-`, data: String(grant.token), mode: 'persistent-sequential' }]),
    )
  }

  async share(grant: Grant): Promise<void> {
    if (grant.isHeld && this.fate !== 'own znodes deleted') {
      expect(this.#exclusive.filter((one) => one.isHeld && one.token !== grant.token)).toEqual([])
    }
    this.#shared.push(grant)
    await tolerate(this, grant.guard([{ type: 'check', path: `${this.path}-log` }]))
  }

  /** In the order in which the servers wrote them, the tokens of guarded writes never go back. */
  async check(): Promise<void> {
    const names = (await this.children(`${this.path}-log`)).sort()
    const tokens: bigint[] = []
    for (const name of names) tokens.push(BigInt((await this.#eye.getData(`${this.path}-log/${name}`)).data?.toString() ?? ''))
    expect(tokens).toEqual([...tokens].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    expect([...this.#exclusive, ...this.#shared].filter(({ isHeld }) => isHeld)).toEqual([])
  }
}
