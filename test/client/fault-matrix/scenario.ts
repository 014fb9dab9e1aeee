// fault matrix: what a client does in each cell, and what must be true afterwards whatever the network did. Every write has a znode of its
// own, so that one look at the tree tells whether it happened.

import type { Client, ClientStatus, ZoariumErrorCode } from '../../../core/index.ts'
import { connect, ZoariumError } from '../../../core/index.ts'

/** The shortest that both servers of the matrix grant. */
export const SESSION_MS = 1_500

/** Longest time for one call, so that a half-open connection costs a cell little. */
const CALL_MS = 400

/** How a write ended, and what must be true of the tree then. */
interface Write {
  readonly what: string
  readonly outcome: 'done' | 'unknown' | 'not done'
  readonly happened: (eye: Client) => Promise<boolean>
}

/** What a client saw in one cell. */
export interface Life {
  readonly writes: readonly Write[]
  /** Outcomes that no rule explains. */
  readonly problems: string[]
  readonly calls: number
}

/** Errors that say for certain that nothing was changed. */
const NOT_DONE: ReadonlySet<ZoariumErrorCode> = new Set(['ERR_CONNECTION_LOSS', 'ERR_TIMEOUT', 'SESSION_EXPIRED', 'ERR_CLOSED'])

/** What a read may fail with beside: a reply that is not the protocol would come again, so its read is not repeated. */
const UNREADABLE: ZoariumErrorCode = 'ERR_PROTOCOL'

function isReadFailure(error: unknown): boolean {
  return ZoariumError.is(error) && (NOT_DONE.has(error.code) || error.code === UNREADABLE)
}

class Recorder {
  readonly writes: Write[] = []
  readonly problems: string[] = []
  calls = 0

  async write(what: string, call: Promise<unknown>, happened: (eye: Client) => Promise<boolean>): Promise<void> {
    this.calls += 1
    try {
      await call
      this.writes.push({ what, outcome: 'done', happened })
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')) this.writes.push({ what, outcome: 'unknown', happened })
      else if (ZoariumError.is(error) && NOT_DONE.has(error.code)) this.writes.push({ what, outcome: 'not done', happened })
      else this.problems.push(`${what}: ${String(error)}`)
    }
  }

  /** A read may fail by time alone; what it shows must be what `expected` accepts. */
  async read<T>(what: string, call: Promise<T>, expected: (value: T) => boolean): Promise<void> {
    this.calls += 1
    try {
      const value = await call
      if (!expected(value)) this.problems.push(`${what}: showed ${JSON.stringify(value, bigintText)}`)
    } catch (error) {
      if (!isReadFailure(error)) this.problems.push(`${what}: ${String(error)}`)
    }
  }
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

/** Lives through one session on the way that may break; `home` exists and holds `fixed` with data `fixed`. */
export async function live(connectString: string, home: string): Promise<Life> {
  const seen = new Recorder()
  const statuses: ClientStatus['type'][] = []
  const client = await connect(connectString, {
    sessionTimeoutMs: SESSION_MS,
    connectTimeoutMs: 300,
    requestTimeoutMs: CALL_MS,
    backoff: ({ attempt }) => (attempt === 1 ? 0 : 5),
    auth: [{ scheme: 'digest', auth: 'user:password' }],
  })
  client.on('status', ({ type }) => statuses.push(type))
  const exists = (path: string) => async (eye: Client) => (await eye.exists(path)) !== null
  const holds = (path: string, text: string) => async (eye: Client) => String((await eye.getData(path)).data) === text
  try {
    await seen.write('create', client.create(`${home}/a`, '1'), exists(`${home}/a`))
    await seen.write('create ephemeral', client.create(`${home}/e`, null, { mode: 'ephemeral' }), async () => true)
    await seen.write('setData', client.setData(`${home}/set`, 'new'), holds(`${home}/set`, 'new'))
    await seen.read('getData', client.getData(`${home}/fixed`), ({ data }) => String(data) === 'fixed')
    await seen.read('exists with a watch', client.exists(`${home}/later`, { watch: () => undefined }), (stat) => stat === null)
    await seen.read('getChildren with a watch', client.getChildren(home, { watch: () => undefined }), ({ children }) =>
      children.includes('fixed'),
    )
    const watch = await client.watch(home, { recursive: true }).catch((error: unknown) => {
      if (!isReadFailure(error)) seen.problems.push(`watch: ${String(error)}`)
      return null
    })
    await seen.write(
      'multi',
      client.multi([
        { type: 'check', path: `${home}/fixed` },
        { type: 'create', path: `${home}/m1` },
        { type: 'create', path: `${home}/m2` },
      ]),
      async (eye) => {
        const [one, two] = [await eye.exists(`${home}/m1`), await eye.exists(`${home}/m2`)]
        if ((one === null) !== (two === null)) seen.problems.push('multi: half of it happened')
        return one !== null
      },
    )
    await seen.write('delete', client.delete(`${home}/doomed`), async (eye) => (await eye.exists(`${home}/doomed`)) === null)
    // Two at once: the second must not overtake the first, and both know what became of them.
    await Promise.all([
      seen.write('pipelined create', client.create(`${home}/p1`), exists(`${home}/p1`)),
      seen.write('pipelined create', client.create(`${home}/p1/p2`), exists(`${home}/p1/p2`)).then(() => dropOrphan(seen)),
    ])
    await seen.read('sync', client.sync(home), () => true)
    await watch?.close()
  } finally {
    await client.close()
  }
  if (statuses.at(-1) !== 'closed') seen.problems.push(`the last status is ${statuses.at(-1)}`)
  return seen
}

/** The second of two creates fails for certain when the first did not happen: that is no problem of the client's. */
function dropOrphan(seen: Recorder): void {
  const at = seen.problems.findIndex((problem) => problem.startsWith('pipelined create: ') && problem.includes('NO_NODE'))
  if (at >= 0) seen.problems.splice(at, 1)
}

/** What the tree shows against what the client was told. */
export async function contradictions(life: Life, eye: Client): Promise<string[]> {
  const found: string[] = []
  for (const { what, outcome, happened } of life.writes) {
    const did = await happened(eye)
    if (outcome === 'done' && !did) found.push(`${what} resolved and did not happen`)
    if (outcome === 'not done' && did) found.push(`${what} was said not to have happened, and did`)
  }
  return [...found, ...life.problems]
}

/** Makes what {@link live} finds. */
export async function furnish(eye: Client, home: string): Promise<void> {
  await eye.create(home)
  for (const [name, data] of [
    ['fixed', 'fixed'],
    ['set', 'old'],
    ['doomed', null],
  ] as const) {
    await eye.create(`${home}/${name}`, data)
  }
}
