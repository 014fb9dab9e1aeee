// recipes: the reads of a cache: at most so many at one time, and one for each znode. What changes while it is read is read once more.
//
//   asked -> queued -> in flight -> answered -> done
//              ^           | asked again meanwhile     | a transient failure: the whole batch after a pause
//              '-----------+---------------------------'

import type { Client, ReadOp, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import { isTransient } from '../support/outcome.ts'

/** Znodes read by one request: a reply of that many of the largest usual size (1 MiB) still fits into the client's frame. */
const BATCH = 32

/** One complete reading: how much of it is still to be answered. */
export interface Pass {
  readonly number: number
  outstanding: number
  /** Another one has begun instead: what it had still to list is not listed. */
  isVoid: boolean
}

/** What a read found; `null`: there is no znode. */
export type Found = { readonly data: Buffer | null; readonly stat: Stat } | null

/** Who asks. */
export interface ReadHost {
  /** `pass`: the one that had the znode read, `null` if an event had. */
  found(path: string, found: Found, pass: Pass | null): void
  listed(path: string, names: readonly string[], pass: Pass): void
  /** A refusal that asking again cannot cure, of one znode. */
  refused(path: string, error: ZoariumError): void
  /** Nothing can be read any more. */
  failed(error: unknown): void
  /** An operation of `pass` is answered, and everything above was told. */
  answered(pass: Pass): void
}

interface DataRead {
  readonly kind: 'data'
  readonly path: string
  pass: Pass | null
  /** The first batch whose answer counts for `pass`. */
  passFrom: number
  inFlight: boolean
  /** Number of the batch it is in, or was in last. */
  batch: number
  again: boolean
  /** What was created before this zxid is known to be deleted. What was created at it stands: the same transaction deleted the znode and made it again. */
  goneZxid: bigint
}

interface ListRead {
  readonly kind: 'list'
  readonly path: string
  readonly pass: Pass
}

/** Somebody who waits for what was asked before. */
interface Mark {
  /** The first batch whose answer will do, by path. */
  readonly paths: Map<string, number>
  readonly resolve: () => void
}

/** Counts of what was asked of the servers. */
export interface ReadCounts {
  /** Znodes read. */
  readonly nodes: number
  /** Lists of children read. */
  readonly lists: number
}

export class ReadQueue {
  readonly #client: Client
  readonly #withData: boolean
  readonly #concurrency: number
  readonly #signal: AbortSignal
  readonly #host: ReadHost
  readonly #reads = new Map<string, DataRead>()
  readonly #lists: ListRead[] = []
  readonly #marks = new Set<Mark>()
  /** One for each request: a signal that all share would gather listeners, which Node takes for a leak. */
  readonly #controllers = new Set<AbortController>()
  #queue: DataRead[] = []
  #next = 0
  #running = 0
  #batches = 0
  #batchSize = BATCH
  #scheduled = false
  #nodeCount = 0
  #listCount = 0

  constructor(client: Client, withData: boolean, concurrency: number, signal: AbortSignal, host: ReadHost) {
    this.#client = client
    this.#withData = withData
    this.#concurrency = concurrency
    this.#signal = signal
    this.#host = host
  }

  get counts(): ReadCounts {
    return { nodes: this.#nodeCount, lists: this.#listCount }
  }

  /** Whether every read that was asked for is done. */
  get isIdle(): boolean {
    return this.#reads.size === 0 && this.#lists.length === 0 && this.#running === 0
  }

  /** Reads a znode; one that is being read already is read again after that. */
  read(path: string, pass: Pass | null): void {
    let read = this.#reads.get(path)
    if (read === undefined) {
      read = { kind: 'data', path, pass: null, passFrom: 0, inFlight: false, batch: 0, again: false, goneZxid: -1n }
      this.#reads.set(path, read)
      this.#queue.push(read)
    } else if (read.inFlight) read.again = true
    if (pass !== null && read.pass !== pass) {
      read.pass = pass
      read.passFrom = this.#firstGoodBatch(read)
      pass.outstanding++
    }
    this.#schedule()
  }

  /** Lists the children of a znode. */
  list(path: string, pass: Pass): void {
    pass.outstanding++
    this.#lists.push({ kind: 'list', path, pass })
    this.#schedule()
  }

  /** The znode was deleted at `zxid`: a read that is under way may have seen it before. */
  gone(path: string, zxid: bigint): void {
    const read = this.#reads.get(path)
    if (read?.inFlight === true && zxid > read.goneZxid) read.goneZxid = zxid
  }

  /** Resolves when every znode whose reading was asked for until now is read as it is now or later. Never rejects. */
  mark(): Promise<void> {
    if (this.#reads.size === 0) return Promise.resolve()
    const paths = new Map([...this.#reads.values()].map((read) => [read.path, this.#firstGoodBatch(read)]))
    return new Promise((resolve) => this.#marks.add({ paths, resolve }))
  }

  /** Forgets everything; whoever waits is woken. */
  clear(): void {
    this.#reads.clear()
    this.#queue = []
    this.#next = 0
    this.#lists.length = 0
    for (const controller of this.#controllers) controller.abort()
    for (const { resolve } of this.#marks) resolve()
    this.#marks.clear()
  }

  /** One that is under way will not do if something happened since it was sent. */
  #firstGoodBatch(read: DataRead): number {
    return read.inFlight && read.again ? this.#batches + 1 : 0
  }

  /** What is asked for in one turn leaves in as few requests as can be. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#start()
    })
  }

  #start(): void {
    while (this.#running < this.#concurrency && !this.#signal.aborted) {
      const list = this.#nextList()
      if (list !== undefined) void this.#run((signal) => this.#readList(list, signal))
      else if (this.#next < this.#queue.length) {
        const batch = this.#takeBatch()
        void this.#run((signal) => this.#readBatch(batch, signal))
      } else return
    }
  }

  #nextList(): ListRead | undefined {
    for (let list = this.#lists.shift(); list !== undefined; list = this.#lists.shift()) if (!list.pass.isVoid) return list
    return undefined
  }

  #takeBatch(): DataRead[] {
    const batch = this.#queue.slice(this.#next, this.#next + this.#batchSize)
    this.#next += batch.length
    if (this.#next >= this.#queue.length) {
      this.#queue = []
      this.#next = 0
    }
    this.#batches++
    for (const read of batch) {
      read.inFlight = true
      read.batch = this.#batches
    }
    return batch
  }

  async #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running++
    const controller = new AbortController()
    this.#controllers.add(controller)
    try {
      await work(controller.signal)
    } catch (error) {
      if (!this.#signal.aborted) this.#host.failed(error)
    } finally {
      this.#running--
      this.#controllers.delete(controller)
    }
    this.#start()
  }

  async #readBatch(batch: readonly DataRead[], signal: AbortSignal): Promise<void> {
    try {
      const results = await this.#untilAnswered(signal, () => {
        this.#nodeCount += batch.length
        return this.#withData ? this.#dataOf(batch, signal) : this.#statsOf(batch)
      })
      for (const [i, read] of batch.entries()) this.#answered(read, results[i] ?? null)
    } catch (error) {
      if (signal.aborted || batch.length === 1 || !ZoariumError.is(error, 'ERR_PROTOCOL')) throw error
      await this.#readHalves(batch, signal)
    }
  }

  /** The reply was larger than the client takes (`maxFrameBytes`): less at one time, now and from now on. */
  async #readHalves(batch: readonly DataRead[], signal: AbortSignal): Promise<void> {
    const half = Math.ceil(batch.length / 2)
    this.#batchSize = Math.min(this.#batchSize, half)
    await this.#readBatch(batch.slice(0, half), signal)
    await this.#readBatch(batch.slice(half), signal)
  }

  async #dataOf(batch: readonly DataRead[], signal: AbortSignal): Promise<(Found | ZoariumError)[]> {
    const ops = batch.map(({ path }): ReadOp => ({ type: 'getData', path }))
    const results = await this.#client.multiRead(ops, { signal })
    return results.map((result): Found | ZoariumError => {
      if (result.type === 'getData') return result
      return result.type === 'error' && result.error.code !== 'NO_NODE' ? result.error : null
    })
  }

  #statsOf(batch: readonly DataRead[]): Promise<(Found | ZoariumError)[]> {
    const statOf = async ({ path }: DataRead): Promise<Found> => {
      const stat = await this.#client.exists(path)
      return stat === null ? null : { data: null, stat }
    }
    return Promise.all(batch.map(statOf))
  }

  #answered(read: DataRead, result: Found | ZoariumError): void {
    if (this.#reads.get(read.path) !== read) return
    const pass = read.batch >= read.passFrom ? read.pass : null
    if (result instanceof ZoariumError) this.#host.refused(read.path, result)
    else this.#host.found(read.path, result !== null && result.stat.czxid < read.goneZxid ? null : result, pass)
    // The host may have cleared everything.
    if (this.#reads.get(read.path) !== read) return
    read.inFlight = false
    if (read.again) this.#queue.push(read)
    else this.#reads.delete(read.path)
    read.again = false
    this.#told(read)
    if (pass === null) return
    read.pass = null
    this.#done(pass)
  }

  #told({ path, batch }: DataRead): void {
    for (const mark of this.#marks) {
      const from = mark.paths.get(path)
      if (from === undefined || batch < from) continue
      mark.paths.delete(path)
      if (mark.paths.size > 0) continue
      this.#marks.delete(mark)
      mark.resolve()
    }
  }

  async #readList({ path, pass }: ListRead, signal: AbortSignal): Promise<void> {
    const names = await this.#untilAnswered(signal, async () => {
      this.#listCount++
      try {
        return (await this.#client.getChildren(path, { signal })).children
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE')) return []
        if (!ZoariumError.is(error, 'NO_AUTH')) throw error
        this.#host.refused(path, error)
        return []
      }
    })
    this.#host.listed(path, names, pass)
    this.#done(pass)
  }

  #done(pass: Pass): void {
    pass.outstanding--
    this.#host.answered(pass)
  }

  /** Again and again while the connection is the trouble: a cache never gives up by itself. */
  async #untilAnswered<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    for (let round = 0; ; round++) {
      try {
        return await ask()
      } catch (error) {
        if (signal.aborted || !isTransient(error)) throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }
}
