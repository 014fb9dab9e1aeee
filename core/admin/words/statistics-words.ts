// admin: `srvr` and `stat`: what the server does. `srst` begins their counts anew.

import type { ConnectionView, ServerStats, ServerView } from '../../server/server-view.ts'
import { versionText } from '../spoken-version.ts'
import { briefly } from './connection-words.ts'
import { decimal, hex, whole } from './numbers.ts'

export function srvr(view: ServerView): string {
  return versionLine(view) + statistics(view.stats())
}

export function stat(view: ServerView): string {
  const clients = view.connections().map((connection: ConnectionView) => ` ${briefly(connection)})\n`)
  return `${versionLine(view)}Clients:\n${clients.join('')}\n${statistics(view.stats())}`
}

export function srst(view: ServerView): string {
  view.resetStatistics()
  return 'Server stats reset.\n'
}

function versionLine(view: ServerView): string {
  return `Zookeeper version: ${versionText(view)}\n`
}

function statistics(stats: ServerStats): string {
  return (
    `Latency min/avg/max: ${whole(stats.minLatencyMs)}/${decimal(stats.avgLatencyMs)}/${Math.ceil(stats.maxLatencyMs)}\n` +
    `Received: ${stats.packetsReceived}\n` +
    `Sent: ${stats.packetsSent}\n` +
    `Connections: ${stats.connections}\n` +
    `Outstanding: ${stats.outstandingRequests}\n` +
    `Zxid: ${hex(stats.lastZxid)}\n` +
    `Mode: ${stats.mode}\n` +
    `Node count: ${stats.nodeCount}\n`
  )
}
