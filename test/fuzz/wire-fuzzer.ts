// test/fuzz: spoils valid frames and sends them through the frame decoder and every reader of the client protocol. Only ProtocolError
// may come out, and no more memory may be taken than the bytes that came justify.

import { SeededRandom } from '../../core/support/random.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { ProtocolError, UnsupportedSubOp } from '../../core/wire/protocol-error.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Request } from '../../core/wire/records.ts'
import { readRequest, writeRequest } from '../../core/wire/requests.ts'
import { Writer } from '../../core/wire/writer.ts'
import { type CorpusFrame, wireCorpus } from './wire-corpus.ts'
import { lie, MUTATIONS } from './wire-mutations.ts'

export interface WireFuzzOptions {
  /** How many frames to send. */
  readonly frames: number
  /** Equal seeds send equal bytes in equal chunks. */
  readonly seed: number
  /** Stop after this long even if frames are left. Default: no limit. */
  readonly seconds?: number
  /** Valid frames to start from. Default: {@link wireCorpus}. */
  readonly corpus?: readonly CorpusFrame[]
  /** Called about every 16,384 frames. */
  readonly onProgress?: (framesSent: number) => void
}

/** What went wrong, with all that is needed to see it again. */
export interface WireFuzzFailure {
  readonly frame: number
  readonly name: string
  readonly hex: string
  readonly problem: string
}

export interface WireFuzzReport {
  readonly seed: number
  /** Frames sent. Spoiled length fields join and split them, so the readers see other numbers. */
  readonly frames: number
  readonly accepted: number
  readonly refused: number
  /** How often for which reason, numbers in the messages written as N, most frequent first. */
  readonly reasons: Readonly<Record<string, number>>
  readonly framesPerSecond: number
  /** The most memory (heap and buffers) that was in use, less what was in use at the start. */
  readonly peakGrowthMiB: number
  readonly failure: WireFuzzFailure | null
}

const MAX_FRAME_BYTES = 0xf_ffff
const HEADER_BYTES = 8
const PROGRESS_EVERY = 16_384
/** Every so many frames the memory taken by one push is measured. */
const MEASURE_EVERY = 64
const PUSH_SLACK_BYTES = 128 * 1024
const PEAK_GROWTH_LIMIT_MIB = 384
const MIB = 1024 * 1024
const NOTHING: Buffer = Buffer.alloc(0)

/** Runs until the frames or the seconds are used up, or something other than a refusal happens. */
export function fuzzWire(options: WireFuzzOptions): WireFuzzReport {
  return new WireFuzzer(options).run()
}

class WireFuzzer {
  readonly #options: WireFuzzOptions
  readonly #corpus: readonly CorpusFrame[]
  readonly #random: SeededRandom
  readonly #reader = new Reader(NOTHING)
  readonly #reasons = new Map<string, number>()
  readonly #startMs = performance.now()
  readonly #startBytes = bytesInUse()
  readonly #onFrame = (bytes: Buffer, start: number, end: number): boolean => this.#receive(bytes, start, end)
  #decoder = new FrameDecoder(MAX_FRAME_BYTES)
  #current: CorpusFrame
  #sent = 0
  #accepted = 0
  #refused = 0
  #stopped = false
  /** Frames until a stream whose framing was spoiled is given up for a new one; 0: it is intact. */
  #framesToReset = 0
  #peakBytes = 0
  #failure: WireFuzzFailure | null = null

  constructor(options: WireFuzzOptions) {
    this.#options = options
    this.#corpus = options.corpus ?? wireCorpus()
    this.#random = new SeededRandom(options.seed)
    this.#current = this.#pick()
  }

  run(): WireFuzzReport {
    const { frames, seconds = Number.POSITIVE_INFINITY, onProgress } = this.#options
    const endMs = this.#startMs + seconds * 1_000
    while (this.#sent < frames && this.#failure === null) {
      this.#step()
      this.#sent += 1
      if (this.#sent % PROGRESS_EVERY !== 0) continue
      this.#checkPeak()
      onProgress?.(this.#sent)
      if (performance.now() >= endMs) break
    }
    return this.#report()
  }

  #step(): void {
    this.#current = this.#pick()
    const stream = this.#framed(this.#spoiled(this.#current.body))
    try {
      if (this.#sent % MEASURE_EVERY === 0) this.#sendMeasured(stream)
      else this.#send(stream)
    } catch (error) {
      this.#refuse(error, stream)
      this.#startStream()
    }
    if (this.#framesToReset > 0 && --this.#framesToReset === 0) this.#startStream()
  }

  #pick(): CorpusFrame {
    const frame = this.#corpus[this.#random.below(this.#corpus.length)]
    if (frame === undefined) throw new Error('the corpus is empty')
    return frame
  }

  /** One in sixteen frames stays valid; half of the others keep their first bytes, a request's header, and so come further. */
  #spoiled(body: Buffer): Buffer {
    if (this.#random.below(16) === 0) return body
    const kept = this.#random.below(2) * HEADER_BYTES
    let bytes = body.subarray(kept)
    for (let n = 1 + this.#random.below(3); n > 0; n--) {
      const mutate = MUTATIONS[this.#random.below(MUTATIONS.length)]
      if (mutate !== undefined) bytes = mutate(bytes, this.#random, this.#pick().body)
    }
    return kept === 0 ? bytes : Buffer.concat([body.subarray(0, kept), bytes])
  }

  /** One in thirty-two length fields lies. */
  #framed(body: Buffer): Buffer {
    const stream = Buffer.allocUnsafe(4 + body.length)
    body.copy(stream, 4)
    const spoilt = this.#random.below(32) === 0
    stream.writeInt32BE(spoilt ? lie(body.length, this.#random) | 0 : body.length)
    if (spoilt && this.#framesToReset === 0) this.#framesToReset = 1 + this.#random.below(8)
    return stream
  }

  /** Mostly whole; else in a few pieces, else byte by byte. */
  #send(stream: Buffer): void {
    const manner = this.#random.below(16)
    let at = 0
    while (at < stream.length) {
      const size = manner < 10 ? stream.length : manner === 10 ? 1 : 1 + this.#random.below(40)
      this.#push(stream.subarray(at, at + size))
      at += size
    }
    while (this.#stopped) this.#push(NOTHING)
  }

  #push(chunk: Buffer): void {
    this.#stopped = false
    this.#decoder.push(chunk, this.#onFrame)
  }

  #sendMeasured(stream: Buffer): void {
    const before = process.memoryUsage().arrayBuffers
    const pending = this.#decoder.pendingBytes
    this.#send(stream)
    const taken = process.memoryUsage().arrayBuffers - before
    const allowed = 8 * (stream.length + pending) + PUSH_SLACK_BYTES
    if (taken > allowed) this.#fail(`took ${taken} bytes of buffers for ${stream.length} bytes sent`, stream)
  }

  #receive(bytes: Buffer, start: number, end: number): boolean {
    this.#reader.reset(bytes, start, end)
    try {
      const request = this.#current.read(this.#reader)
      if (this.#reader.position > end) throw new Error(`read ${this.#reader.position - end} bytes beyond the frame`)
      if (request !== null && this.#random.below(8) === 0) expectStable(request)
      this.#accepted += 1
    } catch (error) {
      this.#refuse(error, bytes.subarray(start, end))
    }
    this.#stopped = this.#random.below(16) === 0
    return !this.#stopped
  }

  #refuse(error: unknown, frame: Buffer): void {
    if (!(error instanceof ProtocolError)) {
      this.#fail(error instanceof Error ? (error.stack ?? error.message) : String(error), frame)
      return
    }
    this.#refused += 1
    const reason = `${error instanceof UnsupportedSubOp ? 'unsupported: ' : ''}${error.message.replace(/-?\d+/g, 'N')}`
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1)
  }

  #startStream(): void {
    this.#decoder = new FrameDecoder(MAX_FRAME_BYTES)
    this.#framesToReset = 0
    this.#stopped = false
  }

  #checkPeak(): void {
    this.#peakBytes = Math.max(this.#peakBytes, bytesInUse() - this.#startBytes)
    if (this.#peakBytes > PEAK_GROWTH_LIMIT_MIB * MIB) this.#fail(`memory grew by ${Math.round(this.#peakBytes / MIB)} MiB`, NOTHING)
  }

  #fail(problem: string, frame: Buffer): void {
    this.#failure ??= { frame: this.#sent, name: this.#current.name, hex: frame.toString('hex'), problem }
  }

  #report(): WireFuzzReport {
    const seconds = (performance.now() - this.#startMs) / 1_000
    return {
      seed: this.#options.seed,
      frames: this.#sent,
      accepted: this.#accepted,
      refused: this.#refused,
      reasons: Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1])),
      framesPerSecond: Math.round(this.#sent / seconds),
      peakGrowthMiB: Math.round(this.#peakBytes / MIB),
      failure: this.#failure,
    }
  }
}

/** What was accepted must survive being written and read again. */
function expectStable(request: Request): void {
  const once = bodyOf(request)
  const again = bodyOf(readRequest(new Reader(once), request.op))
  if (!once.equals(again)) throw new Error(`written ${once.toString('hex')}, read and written again ${again.toString('hex')}`)
}

function bodyOf(request: Request): Buffer {
  const w = new Writer()
  writeRequest(w, request)
  return w.take()
}

function bytesInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
