// test: what a piece of work still holds of the system: timers and sockets. Several may be asked about at the same time.

import { AsyncLocalStorage, createHook } from 'node:async_hooks'

type Held = Map<number, string>

const HELD_TYPES: ReadonlySet<string> = new Set(['Timeout', 'Immediate', 'TCPWRAP'])
const within = new AsyncLocalStorage<Held>()
/** Whose each one is. */
const owners = new Map<number, Held>()
let users = 0

const hook = createHook({
  init(id, type) {
    const held = within.getStore()
    if (held === undefined || !HELD_TYPES.has(type)) return
    held.set(id, type)
    owners.set(id, held)
  },
  destroy(id) {
    owners.get(id)?.delete(id)
    owners.delete(id)
  },
})

/** Runs `work` and tells how many timers and sockets it, and all that follows from it, holds at a later time. */
export async function resourcesOf(work: () => Promise<void>): Promise<() => string[]> {
  const held: Held = new Map()
  let isAsked = true
  users++
  hook.enable()
  await within.run(held, work)
  return () => {
    if (held.size === 0 && isAsked) {
      isAsked = false
      users--
      if (users === 0) hook.disable()
    }
    return [...held.values()]
  }
}
