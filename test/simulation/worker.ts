// A process that lives every n-th seed and tells its parent of each: <from> <until> <step> <trouble-ms>. See lives.ts.

import { liveSeed } from './lives.ts'

const [from = 0, until = 0, step = 1, troubleMs = 1] = process.argv.slice(2).map(Number)

function next(seed: number): void {
  if (seed >= until) {
    process.disconnect()
    return
  }
  process.send?.(liveSeed(seed, troubleMs), () => next(seed + step))
}

// A parent that is gone wants nothing any more.
process.on('disconnect', () => process.exit(0))
next(from)
