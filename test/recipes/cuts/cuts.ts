// test support: cut at every message. A scenario of a recipe runs once to count the messages of its client; then it runs again for each of
// them, each fault at it, and each fate of the session, and every time the recipe must keep its promises and leave nothing behind.

import { expect } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { connect, ZoariumError } from '../../../core/index.ts'
import type { Fault, TestServer } from '../../../core/testing/index.ts'
import { FaultyNetwork, startTestServer } from '../../../core/testing/index.ts'
import type { Grant } from '../../../recipes/support/grant.ts'
import { freshPath, until } from '../support/world.ts'

/** Where a scenario plays. */
export interface Stage {
  /** The client whose messages are cut. */
  readonly client: Client
  /** Another process, which nothing disturbs. */
  readonly other: Client
  /** A path that nobody else uses. */
  readonly path: string
  /** Whether a fault may happen in this run. */
  readonly disturbed: boolean
  /** Names below a path, as the servers know them. */
  children(path?: string): Promise<string[]>
  /** Notes that a grant came: no other may be held at the same time, and tokens only grow. Writes under its guard, and tells if that failed. */
  enter(grant: Grant): Promise<void>
  /** The same for grants that may be held together with others. */
  share(grant: Grant): Promise<void>
}

/** What a recipe does, with its own expectations; it closes what it opens, except for the clients. */
export interface Scenario {
  readonly name: string
  run(stage: Stage): Promise<void>
  /** Folders below which nothing may be left. Default: the stage's path. */
  folders?(path: string): readonly string[]
}

const FAULTS: readonly Fault[] = ['cutBeforeRequest', 'cutAfterRequest', 'cutBeforeReply', 'cutAfterReply', 'delayRequest', 'delayReply']
const SESSIONS = ['same session', 'new session'] as const
type Fate = (typeof SESSIONS)[number]

/** One run. */
interface Cell {
  readonly fault: Fault
  readonly nth: number
  readonly fate: Fate
}

const DELAY_MS = 20
const AT_ONCE = 8
/** Far beyond what any run takes: what is not over by then waits for something that will never come. */
const RUN_LIMIT_MS = 45_000
const SESSION_TIMEOUT_MS = 10_000
/** A scenario that asks more than this has lost its way. */
const MOST_MESSAGES = 80
const { RECIPE_CUTS } = process.env
/** All cells take minutes: usually one in three is played, others at each message. RECIPE_CUTS=all plays them all. */
const ONE_IN = RECIPE_CUTS === 'all' ? 1 : 3

/** What a disturbed call may fail with: nobody can promise more without a connection or a session. */
const TOLERATED = new Set(['ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'ERR_CONNECTION_LOSS', 'SESSION_EXPIRED', 'SESSION_MOVED'])

/** Settles like `promise`, or with `undefined` for what a fault may cause in a disturbed run. */
export async function tolerate<T>(stage: Stage, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (stage.disturbed && ZoariumError.is(error) && TOLERATED.has(error.code)) return undefined
    throw error
  }
}

/** Runs `scenario` in every cell. Gives how many cells there were and in how many the fault happened. */
export async function cutAtEveryMessage(scenario: Scenario): Promise<{ messages: number; cells: number; struck: number }> {
  await using server = await startTestServer()
  await using eye = await connect(server.directConnectString)
  const messages = await play(server, eye, scenario, null)
  expect(messages.requests, scenario.name).toBeLessThan(MOST_MESSAGES)
  const cells: Cell[] = []
  for (let nth = 1; nth <= messages.requests; nth++) {
    for (const fault of FAULTS) for (const fate of SESSIONS) cells.push({ fault, nth, fate })
  }
  const chosen = cells.filter((_, i) => i % ONE_IN === Math.floor(i / (FAULTS.length * SESSIONS.length)) % ONE_IN)
  let struck = 0
  for (let i = 0; i < chosen.length; i += AT_ONCE) {
    const played = await Promise.all(chosen.slice(i, i + AT_ONCE).map((cell) => inCell(server, eye, scenario, cell)))
    struck += played.filter((one) => one.struck).length
    await until(() => server.view.stats().watchCount === 0, `${scenario.name}: no watches at the server`)
  }
  return { messages: messages.requests, cells: chosen.length, struck }
}

async function inCell(server: TestServer, eye: Client, scenario: Scenario, cell: Cell): Promise<{ requests: number; struck: boolean }> {
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

async function play(
  server: TestServer,
  eye: Client,
  scenario: Scenario,
  cell: Cell | null,
): Promise<{ requests: number; struck: boolean }> {
  await using network = await FaultyNetwork.start({ host: server.host, port: server.port })
  await using client = await connect(network.connectString, { sessionTimeoutMs: SESSION_TIMEOUT_MS })
  await using other = await connect(server.directConnectString)
  const path = freshPath('cut')
  const before = network.requests
  const injection =
    cell === null ? null : network.inject(cell.fault, { nth: cell.nth, ...(cell.fault.startsWith('delay') ? { delayMs: DELAY_MS } : {}) })
  const ending = injection !== null && cell?.fate === 'new session' ? injection.begun.then(() => endSession(server, network, client)) : null
  const witness = new Witness(client, other, eye, path, injection !== null)
  await eye.ensurePath(`${path}-log`)
  await scenario.run(witness)
  const requests = network.requests - before
  injection?.cancel()
  if (injection?.happened === true) await ending
  await witness.check()
  for (const folder of scenario.folders?.(path) ?? [path]) {
    await until(async () => (await witness.children(folder)).length === 0, `no children below ${folder}`)
  }
  await until(() => isClean(client) && isClean(other), 'no watches of the clients')
  await eye.deleteRecursive(`${path}-log`)
  return { requests, struck: injection?.happened ?? false }
}

/** As if the session had expired: while the client cannot come back. */
async function endSession(server: TestServer, network: FaultyNetwork, client: Client): Promise<void> {
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

class Witness implements Stage {
  readonly client: Client
  readonly other: Client
  readonly path: string
  readonly disturbed: boolean
  readonly #eye: Client
  readonly #exclusive: Grant[] = []
  readonly #shared: Grant[] = []

  constructor(client: Client, other: Client, eye: Client, path: string, disturbed: boolean) {
    this.client = client
    this.other = other
    this.#eye = eye
    this.path = path
    this.disturbed = disturbed
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

  async enter(grant: Grant): Promise<void> {
    const beside = [...this.#exclusive, ...this.#shared].filter((one) => one.isHeld && one !== grant && one.token !== grant.token)
    if (grant.isHeld) expect(beside).toEqual([])
    const last = this.#exclusive.at(-1)
    if (last !== undefined) expect(grant.token).toBeGreaterThanOrEqual(last.token)
    this.#exclusive.push(grant)
    await tolerate(
      this,
      grant.guard([{ type: 'create', path: `${this.path}-log/entry-`, data: String(grant.token), mode: 'persistent-sequential' }]),
    )
  }

  async share(grant: Grant): Promise<void> {
    if (grant.isHeld) expect(this.#exclusive.filter((one) => one.isHeld && one.token !== grant.token)).toEqual([])
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
