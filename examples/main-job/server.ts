// examples: a process of the main job: one server of the ensemble that the others work on.
//
//   node server.js SERVER-ID DATA-DIR PEER-PORT...          the ports of server 1, 2, ... for each other

import { setInterval } from 'node:timers/promises'
import { startServer } from 'zoarium/server'
import type { ServerMessage } from './messages.ts'

const [serverId = '', dataDir = '', ...peerPorts] = process.argv.slice(2)

function tell(message: ServerMessage): void {
  if (process.connected) process.send?.(message)
}

const stop = new AbortController()
process.once('disconnect', () => stop.abort())
process.once('message', () => stop.abort())

const server = await startServer({
  serverId: Number(serverId),
  dataDir,
  tickTimeMs: 250,
  ensemble: {
    servers: peerPorts.map((port, i) => ({ serverId: i + 1, host: '127.0.0.1', peerPort: Number(port) })),
    // Shorter than the defaults, so that sessions may be: a killed worker is noticed while somebody watches.
    electionMs: 400,
    heartbeatMs: 80,
  },
})
tell({ type: 'serving', connectString: server.connectString })
let leads = false
try {
  for await (const _ of setInterval(100, null, { signal: stop.signal })) {
    const leadsNow = server.view.stats().mode === 'leader'
    if (leadsNow !== leads) tell({ type: 'leads', leads: leadsNow })
    leads = leadsNow
  }
} catch (error) {
  // Asked to stop.
  if (!stop.signal.aborted) throw error
}
await server.close()
if (process.connected) process.disconnect()
