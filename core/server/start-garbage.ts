// server: gives back what a long start has read.
//
// The buffers of the log, up to 64 MiB each, are garbage when a server serves. V8 weighs memory outside its heap when more of it is asked for,
// and an idle server asks for none: it would keep 140 MB of 470 for hours. So a little is asked for here, and let go untouched.

import { setImmediate } from 'node:timers/promises'

/** Less than this is not worth a collection. */
const WORTH_BYTES = 32 * 2 ** 20
/** Together beyond what V8 lets memory outside its heap grow between two collections. */
const ASKS = 4
const ASK_BYTES = 64 * 2 ** 20

/** Has V8 look for garbage if `readBytes` were read; takes some milliseconds in slices. */
export async function collectAfterStart(readBytes: number): Promise<void> {
  if (readBytes < WORTH_BYTES) return
  for (let i = 0; i < ASKS; i++) {
    try {
      // Zeroed by the system when it is first touched, which it never is.
      new ArrayBuffer(ASK_BYTES)
    } catch (error) {
      // Where that much address space is not to be had, the garbage waits for the load to come.
      if (error instanceof RangeError) return
      throw error
    }
    await setImmediate()
  }
}
