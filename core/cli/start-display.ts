// cli: shows a long start: a line that changes on a terminal, a log line every second otherwise. A short start shows nothing.

import type { OnStartProgress, StartProgress } from '../server/index.ts'
import { unreachable } from '../support/assert.ts'
import type { Logger } from '../support/logger.ts'

const PATIENCE_MS = 500
const REDRAW_MS = 100
const LOG_MS = 1000
const ERASE_LINE = '\x1b[K'
const MIB = 2 ** 20

export interface StartDisplay {
  readonly show: OnStartProgress
  /** Takes the line away. */
  end(): void
}

/** Where a terminal is, in so far as it matters here. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** `nowMs` is a monotonic clock. */
export function showStart(logger: Logger, stderr: Terminal, nowMs: () => number = () => performance.now()): StartDisplay {
  const onTerminal = stderr.isTTY === true
  let nextMs = nowMs() + (onTerminal ? PATIENCE_MS : LOG_MS)
  let drawn = false
  let toldOfEnsemble = ''
  return {
    show(progress) {
      const now = nowMs()
      if (progress.phase === 'ensemble') {
        // Said seldom, and it may be long before more is: never left out, unless it says the same again.
        const words = describe(progress)
        if (words === toldOfEnsemble) return
        toldOfEnsemble = words
      } else if (now < nextMs) return
      nextMs = now + (onTerminal ? REDRAW_MS : LOG_MS)
      if (!onTerminal) {
        logger.info({ ...progress }, 'starting')
        return
      }
      drawn = true
      // Back to the line's start, so that a log line that comes between is written over it.
      stderr.write(`${ERASE_LINE}starting: ${describe(progress)}\r`)
    },
    end() {
      if (drawn) stderr.write(ERASE_LINE)
      drawn = false
    },
  }
}

/** For a person: `reading the snapshot, 45 % of 135 MiB`. */
export function describe({ phase, done, total, missing = [] }: StartProgress): string {
  switch (phase) {
    case 'snapshot':
      return `reading the snapshot, ${percent(done, total)} of ${mebibytes(total ?? 0)}`
    case 'log':
      return `reading the log, ${mebibytes(done)}`
    case 'replay':
      return `applying the log, ${percent(done, total)} of ${(total ?? 0).toLocaleString('en-US')} entries`
    case 'ensemble':
      return `waiting for the ensemble, ${done} of ${total ?? '?'} servers are there${missing.length === 0 ? '' : `, missing: ${missing.join(', ')}`}`
    default:
      return unreachable(phase)
  }
}

function percent(done: number, total: number | null): string {
  return total === null || total === 0 ? '?' : `${Math.floor((100 * done) / total)} %`
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB).toLocaleString('en-US')} MiB`
}
