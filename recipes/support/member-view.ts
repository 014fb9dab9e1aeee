// recipes: the members of a group as somebody sees them who follows every change, and the differences that this yields.

import type { CallOptions, Client, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort } from './abort.ts'
import { childPath } from './own-node.ts'

/** A member as the servers know it. */
export interface Member {
  readonly name: string
  readonly data: Buffer | null
  /** The zxid of its joining: another one means that it left and joined again. */
  readonly token: bigint
  readonly sessionId: bigint
  /** Since when: wall-clock milliseconds since 1970, by the ensemble's clock. */
  readonly joinedMs: number
  /** Whether it joined through the client that looks. */
  readonly self: boolean
  readonly stat: Stat
}

/** One difference. `zxid`: the change that made it, of a `leave` that was not seen itself an upper bound. */
export type MemberChange =
  | { readonly type: 'join'; readonly member: Member; readonly zxid: bigint }
  | { readonly type: 'leave'; readonly member: Member; readonly zxid: bigint }
  | { readonly type: 'update'; readonly member: Member; readonly previous: Member; readonly zxid: bigint }

/** Reads in flight at one time when a whole group is read. */
const READ_AHEAD = 256

/** The member called `name`, `null` if there is none. */
export async function readMember(client: Client, group: string, name: string, call: CallOptions): Promise<Member | null> {
  try {
    const { data, stat } = await client.getData(childPath(group, name), call)
    const self = stat.ephemeralOwner === client.session.id
    return { name, data, token: stat.czxid, sessionId: stat.ephemeralOwner, joinedMs: stat.ctimeMs, self, stat }
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** All members, and the zxid of the newest change among them. Who leaves while the others are read is left out. */
export async function readMembers(
  client: Client,
  group: string,
  call: CallOptions,
): Promise<{ zxid: bigint; members: Map<string, Member> }> {
  const members = new Map<string, Member>()
  const list = await client.getChildren(group, call).catch((error: unknown) => {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  })
  if (list === null) return { zxid: client.lastZxid, members }
  let zxid = list.stat.pzxid
  // One listener on the caller's signal, however many reads are under way.
  const { controller, unlink } = linkAbort(call.signal)
  const reading = { ...call, signal: controller.signal }
  try {
    for (let start = 0; start < list.children.length; start += READ_AHEAD) {
      const names = list.children.slice(start, start + READ_AHEAD)
      for (const member of await Promise.all(names.map((name) => readMember(client, group, name, reading)))) {
        if (member === null) continue
        members.set(member.name, member)
        if (member.stat.mzxid > zxid) zxid = member.stat.mzxid
      }
    }
  } finally {
    unlink()
  }
  return { zxid, members }
}

/** What changed about one member; a new token is a leave and a join. `leftZxid` is the best that is known about a leave. */
export function memberChanges(before: Member | undefined, now: Member | null, leftZxid: bigint): MemberChange[] {
  const join = (member: Member): MemberChange => ({ type: 'join', member, zxid: member.token })
  if (before === undefined) return now === null ? [] : [join(now)]
  if (now === null) return [{ type: 'leave', member: before, zxid: leftZxid }]
  if (now.token !== before.token) return [{ type: 'leave', member: before, zxid: leftZxid < now.token ? leftZxid : now.token }, join(now)]
  return now.stat.mzxid > before.stat.mzxid ? [{ type: 'update', member: now, previous: before, zxid: now.stat.mzxid }] : []
}

/** What changed between two views of the whole group: who left first, then the others by name. */
export function groupChanges(before: ReadonlyMap<string, Member>, now: ReadonlyMap<string, Member>, leftZxid: bigint): MemberChange[] {
  const left = [...before.values()].filter(({ name }) => !now.has(name)).flatMap((member) => memberChanges(member, null, leftZxid))
  const stayed = [...now.values()].flatMap((member) => memberChanges(before.get(member.name), member, leftZxid))
  return [...left, ...stayed]
}
