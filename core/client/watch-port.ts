// client: the requests by which watches come to the server and leave it, apart from those that reads carry.

import { ZoariumError } from '../errors.ts'
import type { Logger } from '../support/logger.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { type AddWatchMode, WatcherType } from '../wire/records.ts'
import { readErrorResponse } from '../wire/responses.ts'
import { Call } from './call.ts'
import type { Chroot } from './chroot.ts'
import type { PersistentWatchPort } from './persistent-watches.ts'

/** Whoever sends calls: the session's keeper. */
export interface Performer {
  /** Whether requests can be sent right now. */
  readonly attached: boolean
  readonly chroot: Chroot
  readonly options: { readonly logger: Logger }
  /** The watches that are kept up. */
  readonly watches: { has(serverPath: string): boolean }
  perform<T>(call: Call<T>): Promise<T>
}

/** The watches' way to the server of one keeper. */
export function watchPort(keeper: Performer): PersistentWatchPort {
  return {
    get attached() {
      return keeper.attached
    },
    addWatch(serverPath: string, mode: AddWatchMode, answered: () => void): Promise<void> {
      return keeper.perform(
        new Call<void>({
          request: { op: OpCode.addWatch, path: serverPath, mode },
          path: keeper.chroot.strip(serverPath),
          chroot: keeper.chroot,
          decode: (r) => {
            if (r.remaining > 0) readErrorResponse(r)
            answered()
          },
          recover: null,
          afterLoss: 'resend',
          watch: null,
        }),
      )
    },
    async removeWatch(serverPath: string, type: WatcherType): Promise<void> {
      if ((await remove(keeper, serverPath, type)) || type <= WatcherType.any) return
      // Servers before 3.9 cannot name persistent watches; they can only remove everything at the path.
      if (keeper.attached && !keeper.watches.has(serverPath)) await remove(keeper, serverPath, WatcherType.any)
    },
  }
}

/** False when the server does not know the type. A lost connection takes the watch with it, so that is fine, too. */
async function remove(keeper: Performer, serverPath: string, type: WatcherType): Promise<boolean> {
  const call = new Call<boolean>({
    request: { op: OpCode.removeWatches, path: serverPath, type },
    path: keeper.chroot.strip(serverPath),
    chroot: keeper.chroot,
    decode: () => true,
    recover: (err) => ({ value: err === ErrorCode.noWatcher }),
    afterLoss: 'drop',
    watch: null,
  })
  try {
    return await keeper.perform(call)
  } catch (error) {
    if (!ZoariumError.is(error)) throw error
    keeper.options.logger.debug({ path: call.path, code: error.code }, 'watch not removed: its connection is gone')
    return true
  }
}
