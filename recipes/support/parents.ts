// recipes: the folders that contenders stand in: containers where the server knows them, so that empty ones vanish by themselves.

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'

/** Servers without containers, found out once per client. */
const WITHOUT_CONTAINERS = new WeakSet<Client>()

/** How often a folder that vanishes again and again is made anew before the error is passed on. */
export const MAX_PARENT_CREATIONS = 10 as const

/**
 * Makes `path` and what is missing above it. The last part is a container if the server supports that (ZooKeeper 3.5.1 and later), else a
 * persistent znode that stays for ever.
 */
export async function ensureParent(client: Client, path: string): Promise<void> {
  if (!WITHOUT_CONTAINERS.has(client)) {
    try {
      await client.ensurePath(path, { mode: 'container' })
      return
    } catch (error) {
      if (!ZoariumError.is(error, 'UNIMPLEMENTED')) throw error
      WITHOUT_CONTAINERS.add(client)
    }
  }
  await client.ensurePath(path, { mode: 'persistent' })
}
