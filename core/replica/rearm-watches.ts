// replica: setWatches and setWatches2: a client that reconnects registers its watches again and hears what it missed. PURE.
//
//   list                   node missing    changed since relativeZxid               else
//   data                   NodeDeleted     mzxid newer: NodeDataChanged             register
//   exist                  register        present: NodeCreated                     -
//   child                  NodeDeleted     pzxid newer: NodeChildrenChanged         register
//   persistent, recursive  register        register                                 register
//
// (ZooKeeper: DataTree.setWatches. Such events carry zxid -1.)

import type { StateMachine } from '../tree/state-machine.ts'
import type { EventType, SetWatchesRequest } from '../wire/records.ts'
import { EventType as Events } from '../wire/records.ts'
import { writeWatcherEvent } from '../wire/watch-event.ts'
import type { Writer } from '../wire/writer.ts'
import type { Connection } from './connection.ts'
import { WatchKind, type WatchManager } from './watch-manager.ts'

const NO_ZXID = -1

export function rearmWatches(
  w: Writer,
  c: Connection,
  request: SetWatchesRequest,
  tree: StateMachine,
  watches: WatchManager<Connection>,
): void {
  const since = request.relativeZxid
  for (const path of request.data) {
    const node = tree.node(path)
    if (node === undefined) writeEvent(w, Events.nodeDeleted, path)
    else if (node.mzxid > since) writeEvent(w, Events.nodeDataChanged, path)
    else watches.add(WatchKind.data, path, c)
  }
  for (const path of request.exist) {
    if (tree.node(path) !== undefined) writeEvent(w, Events.nodeCreated, path)
    else watches.add(WatchKind.data, path, c)
  }
  for (const path of request.child) {
    const node = tree.node(path)
    if (node === undefined) writeEvent(w, Events.nodeDeleted, path)
    else if (node.pzxid > since) writeEvent(w, Events.nodeChildrenChanged, path)
    else watches.add(WatchKind.child, path, c)
  }
  for (const path of request.persistent) watches.add(WatchKind.persistent, path, c)
  for (const path of request.persistentRecursive) watches.add(WatchKind.recursive, path, c)
}

function writeEvent(w: Writer, type: EventType, path: string): void {
  const frame = w.beginFrame()
  writeWatcherEvent(w, NO_ZXID, type, path)
  w.endFrame(frame)
}
