// wire: watch notifications, the only frames that a server sends unasked.
//
//   ReplyHeader (xid -1, zxid of the change, err 0), int type, int state (3, SyncConnected), ustring path

import { ErrorCode } from './error-codes.ts'
import { writeReplyHeader } from './headers.ts'
import { Xid } from './op-codes.ts'
import type { Reader } from './reader.ts'
import { type EventType, SYNC_CONNECTED, type WatcherEvent } from './records.ts'
import { readString } from './strings.ts'
import type { Writer } from './writer.ts'

/** Writes the frame's whole body. `zxid` is the change's, -1 for an event that setWatches found out by comparing. */
export function writeWatcherEvent(w: Writer, zxid: number, type: EventType, path: string): void {
  writeReplyHeader(w, Xid.notification, zxid, ErrorCode.ok)
  w.int32(type)
  w.int32(SYNC_CONNECTED)
  w.ustring(path)
}

/** Reads what follows the reply header. */
export function readWatcherEvent(r: Reader): WatcherEvent {
  const type = r.int32()
  const state = r.int32()
  return { type, state, path: readString(r) }
}
