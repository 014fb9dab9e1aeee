// admin: `cons`: one line for each connection. `crst` begins their counts anew.

import type { ConnectionView, ServerView } from '../../server/server-view.ts'
import { operationTag } from '../operation-tags.ts'
import { hex, whole } from './numbers.ts'

export function cons(view: ServerView): string {
  const lines = view.connections().map((connection) => ` ${briefly(connection)}${sessionFields(connection)})\n`)
  return `${lines.join('')}\n`
}

export function crst(view: ServerView): string {
  view.resetConnectionStatistics()
  return 'Connection stats reset.\n'
}

/** `/address:port[1](queued=..,recved=..,sent=..` without the closing bracket. The 1 is the interest in reading, ZooKeeper's selection key. */
export function briefly({ remote, reading, queued, received, sent }: ConnectionView): string {
  return `/${remote}[${reading ? 1 : 0}](queued=${queued},recved=${received},sent=${sent}`
}

function sessionFields(connection: ConnectionView): string {
  if (connection.sessionId === '') return ''
  return (
    `,sid=0x${connection.sessionId},lop=${operationTag(connection.lastOperation)},est=${whole(connection.establishedAtMs)}` +
    `,to=${connection.sessionTimeoutMs},lcxid=${hex(connection.lastXid)},lzxid=${hex(connection.lastZxid)}` +
    `,lresp=${whole(connection.lastResponseMs)},llat=${whole(connection.lastLatencyMs)},minlat=${whole(connection.minLatencyMs)}` +
    `,avglat=${whole(connection.avgLatencyMs)},maxlat=${Math.ceil(connection.maxLatencyMs)}`
  )
}
