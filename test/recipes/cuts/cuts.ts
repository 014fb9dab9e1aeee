// test support: cut at every message. A scenario of a recipe runs once to count the messages of its client; then it runs again for each of
// them, each fault at it and each fate of the client, and every time the recipe must keep its promises and leave nothing behind: no znode, no
// watch, no request, no timer, no socket.

import { expect } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { connect, ZoariumError } from '../../../core/index.ts'
import type { Injection } from '../../../core/testing/index.ts'
import { FaultyNetwork } from '../../../core/testing/index.ts'
import { resourcesOf } from '../../client/resources.ts'
import { freshPath, until, World } from '../support/world.ts'
import type { Cell } from './cells.ts'
import { cellsOf } from './cells.ts'
import type { Scenario } from './stage.ts'
import { isTolerated } from './stage.ts'
import { Witness } from './witness.ts'

const DELAY_MS = 20
/** A connection over which nothing comes is noticed after two thirds of the session's timeout; here it breaks before. */
const HOLD_MS = 40
const AT_ONCE = 8
/** Far beyond what any run takes: what is not over by then waits for something that will never come. */
const RUN_LIMIT_MS = 45_000
const SESSION_TIMEOUT_MS = 10_000
/** A scenario that asks more than this has lost its way. */
const MOST_MESSAGES = 80

/** What came of a scenario: how many messages it has, in how many cells it was played, and in how many of them the fault happened. */
export interface CutResult {
  readonly messages: number
  readonly cells: number
  readonly struck: number
}

/** Why calls end in a run whose calls are aborted. */
const GIVEN_UP = new Error('given up')

/** Runs `scenario` in every cell that is to be played. */
export async function cutAtEveryMessage(scenario: Scenario): Promise<CutResult> {
  await using server = await World.start()
  await using eye = await server.client()
  const { requests } = await play(server, eye, scenario, null)
  expect(requests, scenario.name).toBeLessThan(scenario.mostMessages ?? MOST_MESSAGES)
  const cells = cellsOf(scenario.name, requests).filter(({ fate }) => scenario.without?.includes(fate) !== true)
  let struck = 0
  for (let i = 0; i < cells.length; i += AT_ONCE) {
    const played = await Promise.all(cells.slice(i, i + AT_ONCE).map((cell) => inCell(server, eye, scenario, cell)))
    struck += played.filter((one) => one.struck).length
    await until(async () => (await server.watches()) === 0, `${scenario.name}: no watches at the server`)
  }
  const { CUTS_REPORT } = process.env
  if (CUTS_REPORT === '1') console.log(`${scenario.name}: ${requests} messages, ${cells.length} runs, the fault struck in ${struck}`)
  return { messages: requests, cells: cells.length, struck }
}

async function inCell(server: World, eye: Client, scenario: Scenario, cell: Cell): Promise<{ requests: number; struck: boolean }> {
  const what = `${scenario.name}: ${cell.fault} at message ${cell.nth}, ${cell.fate}`
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it never ended')), RUN_LIMIT_MS)
    })
    return await Promise.race([play(server, eye, scenario, cell), late])
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

async function play(server: World, eye: Client, scenario: Scenario, cell: Cell | null): Promise<{ requests: number; struck: boolean }> {
  let outcome = { requests: 0, struck: false }
  const held = await resourcesOf(async () => {
    outcome = await new Run(server, eye, scenario, cell).play()
  })
  await until(() => held().length === 0, `no timers and sockets, but there are ${held().join(', ')}`)
  return outcome
}

/** One run of a scenario. */
class Run {
  readonly #server: World
  readonly #eye: Client
  readonly #scenario: Scenario
  readonly #cell: Cell | null
  readonly #path = freshPath('cut')

  constructor(server: World, eye: Client, scenario: Scenario, cell: Cell | null) {
    this.#server = server
    this.#eye = eye
    this.#scenario = scenario
    this.#cell = cell
  }

  async play(): Promise<{ requests: number; struck: boolean }> {
    const server = this.#server
    const cell = this.#cell
    await using network = await FaultyNetwork.start({ host: server.host, port: server.port })
    await using client = await connect(network.connectString, { sessionTimeoutMs: SESSION_TIMEOUT_MS })
    await using other = await connect(`${server.host}:${server.port}`)
    const witness = new Witness(client, other, this.#eye, this.#path, cell?.fate ?? null)
    await this.#eye.ensurePath(`${this.#path}-log`)
    const before = network.requests
    const injection =
      cell === null ? null : network.inject(cell.fault, { nth: cell.nth, ...(cell.fault.startsWith('delay') ? { delayMs: DELAY_MS } : {}) })
    const blow = injection === null || cell === null ? null : injection.begun.then(() => this.#strike(cell, network, witness))
    blow?.catch(() => {})
    if (cell?.fate === 'unreachable at first') {
      network.refuse()
      const asked = until(() => client.stats().queuedRequests > 0, 'a request that waits for a server')
      void asked.finally(() => network.accept())
    }
    const error = await this.#scenario.run(witness).then(
      () => null,
      (reason: unknown) => reason,
    )
    const requests = network.requests - before
    injection?.cancel()
    if (injection?.happened === true) await blow
    if (error !== null && !this.#mayEnd(witness, error)) throw error
    await (error === null ? this.#leftClean(witness) : this.#endedClean(witness))
    await this.#eye.deleteRecursive(`${this.#path}-log`)
    return { requests, struck: struckBy(injection) }
  }

  /** What befalls the client when the fault has begun. */
  async #strike(cell: Cell, network: FaultyNetwork, witness: Witness): Promise<void> {
    const { client } = witness
    if (cell.fault.startsWith('hold') && cell.fate === 'same session') {
      await new Promise((resolve) => setTimeout(resolve, HOLD_MS))
      network.cut()
    }
    switch (cell.fate) {
      case 'same session':
      case 'unreachable at first':
        return
      case 'new session':
        await endSession(this.#server, network, client)
        return
      case 'own znodes deleted':
        for (const path of await this.#ephemerals(client.session.id)) await this.#eye.delete(path).catch(noNode)
        return
      case 'own data spoiled':
        for (const path of await this.#ephemerals(client.session.id)) await this.#eye.setData(path, '\u0000 rubbish').catch(noNode)
        return
      case 'calls aborted':
        witness.stop(GIVEN_UP)
        return
      case 'client closed':
        // As soon as the scenario waits for the next thing it ends, also when that is not the client's.
        await client.close()
        witness.stop(new ZoariumError('ERR_CLOSED', 'the end'))
    }
  }

  /** Whether a run may end by rejecting with this. */
  #mayEnd(witness: Witness, error: unknown): boolean {
    if (witness.fate === 'calls aborted') return error === GIVEN_UP || ZoariumError.is(error, 'ERR_CLOSED')
    return witness.fate === 'client closed' && (ZoariumError.is(error, 'ERR_CLOSED') || isTolerated(witness, error))
  }

  /** The scenario ran to its end. */
  async #leftClean(witness: Witness): Promise<void> {
    await witness.check()
    for (const folder of this.#folders) {
      await until(async () => (await witness.children(folder)).length === 0, `no children below ${folder}`)
    }
    await until(() => isClean(witness.client) && isClean(witness.other), 'no watches of the clients')
  }

  /** It ended in the midst: what the other process has is taken back with its session, and then nothing may be left of this one. */
  async #endedClean(witness: Witness): Promise<void> {
    await witness.other.close()
    await witness.check()
    let left: string[] = []
    await until(async () => (left = await this.#ephemerals(null)).length === 0, 'no ephemeral znodes').catch((error: unknown) => {
      throw new Error(`left: ${left.join(', ')}`, { cause: error })
    })
    await until(() => isClean(witness.client), 'no watches of the client')
  }

  get #folders(): readonly string[] {
    return this.#scenario.folders?.(this.#path) ?? [this.#path]
  }

  /** Paths of a session's ephemeral znodes in the scenario's folders, with `null` of everybody's. */
  async #ephemerals(session: bigint | null): Promise<string[]> {
    await this.#eye.sync('/')
    const found: string[] = []
    for (const folder of this.#folders) {
      try {
        for await (const { path, stat } of this.#eye.walk(folder)) {
          if (stat.ephemeralOwner !== 0n && (session === null || stat.ephemeralOwner === session)) found.push(path)
        }
      } catch (error) {
        noNode(error)
      }
    }
    return found
  }
}

function struckBy(injection: Injection | null): boolean {
  return injection?.happened ?? false
}

function noNode(error: unknown): void {
  if (!ZoariumError.is(error, 'NO_NODE')) throw error
}

/** As if the session had expired: while the client cannot come back. */
async function endSession(server: World, network: FaultyNetwork, client: Client): Promise<void> {
  network.refuse()
  try {
    await server.expire(client)
  } finally {
    network.accept()
  }
}

function isClean(client: Client): boolean {
  const { watches, inFlightRequests, queuedRequests } = client.stats()
  return Object.values(watches).every((count) => count === 0) && inFlightRequests + queuedRequests === 0
}
