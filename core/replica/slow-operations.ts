// replica: the log of slow operations: what took longer than a threshold from the turn in which it arrived to the turn in which it was answered.
// Bounded: some lines in each window of time, the rest is counted and told with the next line. PURE.

import type { Logger } from '../support/logger.ts'
import { opName } from '../wire/op-classes.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import type { Request } from '../wire/records.ts'
import { readRequest } from '../wire/requests.ts'

const WINDOW_MS = 10_000
const LINES_PER_WINDOW = 10
/** A path is as long as a client likes. */
const SHOWN_PATH_CHARS = 256

/** Who asked, for the log. */
export interface Asker {
  readonly remote: string
  /** Hexadecimal without 0x. */
  readonly sessionId: string
}

export class SlowOperations {
  /** An operation that took longer is slow; `Infinity`: none is. */
  readonly thresholdMs: number
  readonly #logger: Logger
  // Apart from each other: many slow turns must not hide which operations were slow.
  readonly #answeredLines = new BoundedLines()
  readonly #turnLines = new BoundedLines()
  #count = 0

  /** `thresholdMs` 0: no operation is slow. */
  constructor(thresholdMs: number, logger: Logger) {
    this.thresholdMs = thresholdMs === 0 ? Number.POSITIVE_INFINITY : thresholdMs
    this.#logger = logger
  }

  /** Slow operations and slow turns since the start, also those without a line. */
  get count(): number {
    return this.#count
  }

  /** A request whose answer took longer than the threshold. The body lies in `bytes` from `start` on. */
  answered(asker: Asker, op: number, xid: number, bytes: Buffer, start: number, tookMs: number, nowMs: number): void {
    this.#count += 1
    if (!this.#answeredLines.take(nowMs)) return
    const untold = this.#answeredLines.tell()
    const fields = { operation: opName(op), path: pathOf(op, bytes, start), ...asker, xid, tookMs: Math.round(tookMs), ...untold }
    this.#logger.warn(fields, 'slow operation')
  }

  /** Requests that kept the event loop for longer than the threshold; `op` was the last of them. */
  turn(asker: Asker, op: number, requests: number, tookMs: number, nowMs: number): void {
    this.#count += 1
    if (!this.#turnLines.take(nowMs)) return
    const fields = { operation: opName(op), requests, ...asker, tookMs: Math.round(tookMs), ...this.#turnLines.tell() }
    this.#logger.warn(fields, 'slow requests held the event loop')
  }
}

/** So many lines in each window, and how many there would have been. */
class BoundedLines {
  #windowEndsMs = 0
  #left = 0
  #untold = 0

  /** Whether there may be one more; else it is counted. */
  take(nowMs: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + WINDOW_MS
      this.#left = LINES_PER_WINDOW
    }
    if (this.#left === 0) {
      this.#untold += 1
      return false
    }
    this.#left -= 1
    return true
  }

  /** The field for a line that says how many were left out before it. */
  tell(): { readonly untold?: number } {
    const untold = this.#untold
    this.#untold = 0
    return untold === 0 ? {} : { untold }
  }
}

/** Where the request works, for people; a multi is named by its first operation. Empty when it has no path. */
function pathOf(op: number, bytes: Buffer, start: number): string {
  let request: Request
  try {
    request = readRequest(new Reader(bytes, start), op)
  } catch (error) {
    if (error instanceof ProtocolError) return ''
    throw error
  }
  if ('path' in request) return shortened(request.path)
  if (!('ops' in request)) return ''
  const [first] = request.ops
  const path = first !== undefined && 'path' in first ? shortened(first.path) : ''
  return request.ops.length > 1 ? `${path} and ${request.ops.length - 1} more` : path
}

function shortened(path: string | null): string {
  if (path === null || path.length <= SHOWN_PATH_CHARS) return path ?? ''
  return `${path.slice(0, SHOWN_PATH_CHARS)}…`
}
