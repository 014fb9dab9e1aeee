// test: what a piece of work still holds of the system: timers and sockets.

import { AsyncLocalStorage, createHook } from 'node:async_hooks'

/** Runs `work` and tells how many timers and sockets it, and all that follows from it, holds at a later time. */
export async function resourcesOf(work: () => Promise<void>): Promise<() => string[]> {
  const within = new AsyncLocalStorage<true>()
  const held = new Map<number, string>()
  const hook = createHook({
    init(id, type) {
      if (within.getStore() === true && HELD_TYPES.has(type)) held.set(id, type)
    },
    destroy(id) {
      held.delete(id)
    },
  })
  hook.enable()
  await within.run(true, work)
  return () => {
    if (held.size === 0) hook.disable()
    return [...held.values()]
  }
}

const HELD_TYPES: ReadonlySet<string> = new Set(['Timeout', 'Immediate', 'TCPWRAP'])
