// recipes: writing a shared value in place of the version that is expected, and what became of it when the reply was lost.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from '../support/abort.ts'
import type { Undecided } from '../support/call-bounds.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { ensureParent } from '../support/parents.ts'
import { orMissing, untilDone } from '../support/retry.ts'

/** Which version of a value it is. */
export interface WrittenVersion {
  /** The zxid of the write. */
  readonly zxid: bigint
  /** The zxid of the znode's creation, and its version since: what {@link SharedValue.compareAndSet} compares. */
  readonly czxid: bigint
  readonly version: number
}

/** The znode that holds the value. */
export interface ValueTarget {
  readonly client: Client
  readonly path: string
  readonly acl: readonly Acl[] | undefined
}

type Bytes = Uint8Array | string | null

/** Replaces `expected`; `null` if something else stands there. Rejects with `ERR_UNKNOWN_OUTCOME` when nobody can say. */
export async function replaceValue(
  { client, path }: ValueTarget,
  expected: WrittenVersion,
  data: Bytes,
  call: CallOptions,
  undecided: Undecided,
): Promise<WrittenVersion | null> {
  try {
    // A znode that was made again counts its versions from 0: its creation has to be the same.
    const now = await client.exists(path, call)
    if (now?.czxid !== expected.czxid || now.version !== expected.version) return null
    const stat = await undecided.during(client.compareAndSet(path, data, expected.version, call))
    return { zxid: stat.mzxid, czxid: stat.czxid, version: stat.version }
  } catch (error) {
    if (ZoariumError.is(error, 'BAD_VERSION') || ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** Makes the znode with the first value; `null` if there is one. Rejects with `ERR_UNKNOWN_OUTCOME` when nobody can say. */
export async function createValue(
  target: ValueTarget,
  data: Bytes,
  call: CallOptions,
  undecided: Undecided,
): Promise<WrittenVersion | null> {
  const { client, path, acl } = target
  const { signal } = call
  const { session } = client
  for (;;) {
    try {
      const { stat } = await undecided.during(client.create(path, data, acl === undefined ? call : { ...call, acl }))
      return { zxid: stat.mzxid, czxid: stat.czxid, version: stat.version }
    } catch (error) {
      if (ZoariumError.is(error, 'NODE_EXISTS')) return null
      if (ZoariumError.is(error, 'NO_NODE')) await makeParent(target)
      else if (!isUnknownOutcome(error)) throw error
      else {
        const now = await untilDone(() => orAbort(afterLostCreate(target, data), signal), signal)
        if (now === 'unknown') throw error
        if (now !== null) return now
        // Nothing was made, and in the same session nothing can be made any more by what was lost.
        if (client.session.id !== session.id) throw error
        undecided.not()
      }
    }
  }
}

/** Whatever goes wrong for a while, the next create fails with `NO_NODE` again. */
async function makeParent({ client, path }: ValueTarget): Promise<void> {
  try {
    await ensureParent(client, path.slice(0, path.lastIndexOf('/')) || '/')
  } catch (error) {
    if (!isTransient(error)) throw error
  }
}

/** Only the first version can be that of a create; whose it is the bytes say, as far as they can. */
async function afterLostCreate({ client, path }: ValueTarget, data: Bytes): Promise<WrittenVersion | 'unknown' | null> {
  await client.decided()
  const now = await orMissing(client.getData(path))
  if (now === null) return null
  const bytes = data === null ? null : Buffer.from(data)
  if (now.stat.version > 0 || !(bytes === null ? now.data === null : now.data?.equals(bytes) === true)) return 'unknown'
  return { zxid: now.stat.mzxid, czxid: now.stat.czxid, version: 0 }
}
