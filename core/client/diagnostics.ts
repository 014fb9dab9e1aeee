// client: what tools may listen to, by `node:diagnostics_channel`. Costs nothing while nobody does.
//
//   tracing:zoarium:request:start | end | asyncStart | asyncEnd | error     one request each; see RequestTrace
//   zoarium:status                                                          every change of a client's status; see StatusTrace
//   zoarium:watch                                                           every event of the server's watches; see WatchTrace

import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { opName } from '../wire/op-classes.ts'
import type { CallContext } from './call.ts'
import type { ClientStatus, WatchEvent } from './types.ts'

/** The message of `tracing:zoarium:request:*`: one object from the call to its end. Its data is not in it. */
export interface RequestTrace {
  /** `getData`, `create2`, `multi`, ...: the operation's name in the protocol. */
  readonly operation: string
  /** The client's name of the znode, where the operation has one. */
  readonly path: string | undefined
  /** The client's root in the tree, '' for all of it. */
  readonly chroot: string
  /** The session's id in hexadecimal, as ZooKeeper's tools show it, without 0x; '' before the first. */
  readonly sessionId: string
  /** The server that the client is attached to when the call begins; '' for none. */
  readonly server: string
  /** Set before `error` is published: what the call rejected with. */
  error?: unknown
  /** Set before `asyncEnd` is published: what the call resolved with. */
  result?: unknown
}

/** The message of `zoarium:status`. */
export interface StatusTrace {
  readonly sessionId: string
  readonly status: ClientStatus
}

/** The message of `zoarium:watch`. */
export interface WatchTrace {
  readonly sessionId: string
  readonly event: WatchEvent
}

export const requestChannel: TracingChannel<RequestTrace> = tracingChannel<RequestTrace>('zoarium:request')
export const statusChannel: Channel = channel('zoarium:status')
export const watchChannel: Channel = channel('zoarium:watch')

/** What is known of a request before it is sent. */
export function requestTrace(call: CallContext, sessionId: string, server: string): RequestTrace {
  return { operation: opName(call.request.op), path: call.path, chroot: call.chroot.prefix, sessionId, server }
}
