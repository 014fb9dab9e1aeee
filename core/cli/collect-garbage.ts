// cli: asks the engine to give back what a start has read. The engine collects when a program asks for memory, and a server that has started
// asks for little: a hundred megabytes of log would stay with the process until clients have made as much garbage again.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Below this a collection is not worth its few milliseconds. */
const LEAST_BYTES = 32 * 1024 * 1024

/** One full collection if buffers take more than `LEAST_BYTES`. With the tree outside the heap it takes about ten milliseconds. */
export function collectGarbage(): void {
  if (process.memoryUsage().arrayBuffers < LEAST_BYTES) return
  // The engine has this function for whoever asks for it by a flag; the flag is looked at when a context is made.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof collect === 'function') collect()
}
