// Ends a client's session on the server, as an expiry does, but now: somebody else attaches to it and closes it.

import { OpCode } from '../../../core/wire/op-codes.ts'
import { RawSession, type SessionIdentity } from '../../cli/raw-session.ts'

const TIMEOUT_MS = 10_000

/** The client itself must not be connected: it would take its session back. */
export async function endSession(hosts: string, identity: SessionIdentity): Promise<void> {
  const twin = await RawSession.open(Number(hosts.split(':')[1]), identity, TIMEOUT_MS)
  if (twin.identity.hi !== identity.hi || twin.identity.lo !== identity.lo) throw new Error('the server refused the session')
  const { err } = await twin.request({ op: OpCode.closeSession })
  if (err !== 0) throw new Error(`closeSession failed with ${err}`)
  twin.cut()
}
