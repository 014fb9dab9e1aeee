// bench: a storm of watches: sessions that all watch one znode, which changes: when has each heard of it, and when does each watch again?
//
//   5,000 x getData(watch) --setData--> 5,000 x event --> 5,000 x getData(watch)
//                          |<-- told -------->|          |
//                          |<-- armed again ------------>|

import { OpCode, Xid } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'
import { BareSession } from './bare-session.ts'
import { Channel, checkConnectResponse, connectRequestFrame } from './channel.ts'

const SESSION_TIMEOUT_MS = 40_000
/** Sessions are opened so many at a time. */
const OPENED_AT_ONCE = 200

export interface Storm {
  /** From the change until the last watcher heard of it. */
  readonly toldMs: number
  /** From the change until the last watcher watches again. */
  readonly armedMs: number
}

/** Counts to a number, and keeps when it got there. */
class CountDown {
  readonly done: Promise<number>
  #left: number
  #reached: (atMs: number) => void = () => {}

  constructor(count: number) {
    this.#left = count
    this.done = new Promise((resolve) => {
      this.#reached = resolve
    })
  }

  count(): void {
    this.#left -= 1
    if (this.#left === 0) this.#reached(performance.now())
  }
}

/** A session that watches one znode, and does so again each time it hears of a change. */
class Watcher {
  readonly #channel: Channel
  readonly #request: Buffer
  readonly #granted: () => void
  readonly #refused: (error: Error) => void
  #established = false
  onTold: () => void = () => {}
  onArmed: () => void = () => {}

  private constructor(port: number, request: Buffer, granted: () => void, refused: (error: Error) => void) {
    this.#request = request
    this.#granted = granted
    this.#refused = refused
    this.#channel = new Channel(
      { port },
      {
        frame: (bytes, start, end) => this.#frame(bytes, start, end),
        turnEnd: () => {},
        ended: (error) => this.#refused(error ?? new Error('the server closed the connection')),
      },
    )
    this.#channel.write(connectRequestFrame(SESSION_TIMEOUT_MS))
  }

  /** Resolves when the session is granted. */
  static open(port: number, request: Buffer): Promise<Watcher> {
    return new Promise((resolve, reject) => {
      const watcher: Watcher = new Watcher(port, request, () => resolve(watcher), reject)
    })
  }

  watch(): void {
    this.#channel.write(this.#request)
  }

  drop(): void {
    this.#channel.destroy()
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    if (!this.#established) {
      checkConnectResponse(bytes, start, end)
      this.#established = true
      this.#granted()
      return
    }
    const r = new Reader(bytes, start, end)
    const xid = r.int32()
    r.int64()
    const error = r.int32()
    if (error !== 0) throw new Error(`error ${error}`)
    if (xid === Xid.notification) {
      this.onTold()
      this.watch()
    } else this.onArmed()
  }
}

function getDataRequest(path: string): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  w.int32(1)
  w.int32(OpCode.getData)
  w.ustring(path)
  w.boolean(true)
  w.endFrame(frame)
  return w.take()
}

/** `watchers` sessions round `ports`, and one change at the first of them. */
export async function watchStorm(ports: readonly number[], path: string, watchers: number): Promise<Storm> {
  const portOf = (i: number): number => ports[i % ports.length] ?? 0
  const writer = await BareSession.open({ port: portOf(0) })
  const made = await writer.request(OpCode.create, (w) => {
    w.ustring(path)
    w.buffer(Buffer.alloc(100))
    w.int32(1)
    w.int32(31)
    w.ustring('world')
    w.ustring('anyone')
    w.int32(0)
  })
  if (made !== 0) throw new Error(`create: error ${made}`)
  const request = getDataRequest(path)
  const all: Watcher[] = []
  try {
    while (all.length < watchers) {
      const count = Math.min(OPENED_AT_ONCE, watchers - all.length)
      all.push(...(await Promise.all(Array.from({ length: count }, (_, i) => Watcher.open(portOf(all.length + i), request)))))
    }
    await eachTells(all, (watcher, told) => {
      watcher.onArmed = told
      watcher.watch()
    })
    const armed = new CountDown(watchers)
    const told = new CountDown(watchers)
    for (const watcher of all) {
      watcher.onTold = () => told.count()
      watcher.onArmed = () => armed.count()
    }
    const startedMs = performance.now()
    const changed = await writer.request(OpCode.setData, (w) => {
      w.ustring(path)
      w.buffer(Buffer.alloc(100))
      w.int32(-1)
    })
    if (changed !== 0) throw new Error(`setData: error ${changed}`)
    return { toldMs: (await told.done) - startedMs, armedMs: (await armed.done) - startedMs }
  } finally {
    for (const watcher of all) watcher.drop()
    await writer.close()
  }
}

/** Resolves when each has told. */
async function eachTells(all: readonly Watcher[], begin: (watcher: Watcher, told: () => void) => void): Promise<void> {
  const down = new CountDown(all.length)
  for (const watcher of all) begin(watcher, () => down.count())
  await down.done
}
