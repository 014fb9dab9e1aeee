// bench: which of the servers of an ensemble leads, as each says itself.

import { connect as dial } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEnsemble } from './running-ensemble.ts'
import type { RunningServer } from './running-server.ts'

const TRIES = 100

async function isLeader({ port }: RunningServer): Promise<boolean> {
  const socket = dial(port, '127.0.0.1')
  socket.end('srvr')
  return (await text(socket).catch(() => '')).includes('Mode: leader')
}

/** Waits until one leads; throws after ten seconds. */
export async function leaderOf({ servers, peer }: RunningEnsemble): Promise<RunningServer> {
  for (let tries = 0; tries < TRIES; tries++) {
    for (const server of servers) if (await isLeader(server)) return server
    await delay(100)
  }
  throw new Error(`${peer.name}: nobody leads`)
}
