// client: any number of calls may end with one signal of the application.

import { setMaxListeners } from 'node:events'

/** Node takes more than ten listeners of a signal for a leak, and warns. Here each call has one and takes it back, so the warning would be wrong. */
export function allowManyWaits(signal: AbortSignal): void {
  setMaxListeners(0, signal)
}
