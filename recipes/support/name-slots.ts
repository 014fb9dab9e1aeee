// recipes: one user at a time for a path within this process. A session owns what all of its tasks made, so the servers cannot tell them
// apart.

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { Attempt } from './attempt.ts'

/** Paths in use through a client: `null`, or what must end before the next one may use it. */
const IN_USE = new WeakMap<Client, Map<string, Promise<unknown> | null>>()

/** Frees the path after `ending` has settled. */
export type FreeSlot = (ending: Promise<unknown>) => void

/** Takes `path`; waits for the clean-up of its last user. Rejects with `NODE_EXISTS` while somebody uses it. */
export async function takeSlot(client: Client, path: string, attempt: Attempt): Promise<FreeSlot> {
  const slots = slotsOf(client)
  for (let ending = slots.get(path); ending !== undefined; ending = slots.get(path)) {
    if (ending === null) throw new ZoariumError('NODE_EXISTS', `${path} is used by this same client`, { path })
    await attempt.wait(ending)
  }
  slots.set(path, null)
  return (ending) => {
    const free = (): void => void slots.delete(path)
    slots.set(path, ending.then(free, free))
  }
}

function slotsOf(client: Client): Map<string, Promise<unknown> | null> {
  const known = IN_USE.get(client)
  if (known !== undefined) return known
  const slots = new Map<string, Promise<unknown> | null>()
  IN_USE.set(client, slots)
  return slots
}
