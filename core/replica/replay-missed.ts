// replica: what the persistent watches of a setWatches2 missed while their connection was away: live events again, with the zxid of each
// change, before the reply. PURE.
//
//   missed after relativeZxid    history reaches back to it       the watches hear
//   nothing                      always                           nothing; covered
//   something                    yes, and it is not too much      every change that is theirs and that they may READ; covered
//   something                    no, or too much                  nothing; not covered: the client must read again
//
// (ZooKeeper replays nothing. Its clients take these events as any others; what was delivered before the cut may come again.)

import type { StateMachine } from '../tree/state-machine.ts'
import { parentPath } from '../wire/paths.ts'
import { EventType, Permission, type SetWatchesRequest } from '../wire/records.ts'
import { writeWatcherEvent } from '../wire/watch-event.ts'
import type { Writer } from '../wire/writer.ts'
import type { ChangeHistory } from './change-history.ts'
import type { Connection } from './connection.ts'

/** Who missed more than this is better off reading again. */
const MAX_REPLAY_BYTES = 1 << 20

/** Writes what was missed. Returns the zxid from which on nothing is missing: at most `relativeZxid` if the replay is complete. */
export function replayMissed(w: Writer, c: Connection, request: SetWatchesRequest, tree: StateMachine, history: ChangeHistory): number {
  const { relativeZxid, persistent, persistentRecursive } = request
  if (persistent.length === 0 && persistentRecursive.length === 0) return relativeZxid
  if (relativeZxid < history.floor) return tree.lastZxid
  const exact = new Set(persistent)
  const recursive = new Set(persistentRecursive)
  const mark = w.length
  const whole = history.since(relativeZxid, (zxid, { type, path, acl }) => {
    if (!exact.has(path) && !isBelow(recursive, type, path)) return true
    if (!tree.permits(acl, Permission.read, c.ids)) return true
    const frame = w.beginFrame()
    writeWatcherEvent(w, zxid, type, path)
    w.endFrame(frame)
    return w.length - mark <= MAX_REPLAY_BYTES
  })
  if (whole) return history.floor
  w.reset(mark)
  return tree.lastZxid
}

/** As the watch manager decides it for live events. */
function isBelow(recursive: ReadonlySet<string>, type: EventType, path: string): boolean {
  if (recursive.size === 0 || type === EventType.nodeChildrenChanged) return false
  for (let at = path; ; at = parentPath(at)) {
    if (recursive.has(at)) return true
    if (at === '/') return false
  }
}
