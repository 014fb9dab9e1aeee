// admin: `hash`: digests of the state after some entries, one a line, as ZooKeeper's HashCommand prints its own: zxid in hexadecimal, digest as a signed long.
// The digests themselves are this server's: they are equal on all servers of one ensemble, not on ZooKeeper's.

import type { ServerView } from '../../server/server-view.ts'

/** As JSON needs them too. */
export function digestLog(view: ServerView): { zxid: bigint; digest: bigint }[] {
  return view.digests().map(({ zxid, digest }) => ({ zxid: BigInt(zxid), digest: BigInt.asIntN(64, BigInt(`0x${digest}`)) }))
}

export function hash(view: ServerView): string {
  return digestLog(view)
    .map(({ zxid, digest }) => `${zxid.toString(16)}: ${digest}\n`)
    .join('')
}
