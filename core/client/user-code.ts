// client: calling functions that the application gave us. One that throws must not stop the others or the connection.

import { nextTick } from 'node:process'

/** Calls `callback`; what it throws becomes an uncaught exception of the process, as with any event emitter, but on a later tick. */
export function callUser<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value)
  } catch (error) {
    nextTick(rethrow, error)
  }
}

function rethrow(error: unknown): never {
  throw error
}
