// server: what /zookeeper/config says of the servers, a line each as QuorumPeer.QuorumServer.toString writes it. Clients learn from it where they may connect to.
//
//   server.1=zk1:2888:2888:participant;zk1:2181        elections go over the same port; without ;... while nobody knows where its clients come to

import type { EnsembleServer } from './ensemble-options.ts'

/** `clients`: where the clients of a server come to, `host:port`, '' while it is not known; then what `before` said of it stays. */
export function ensembleConfig(
  servers: readonly EnsembleServer[],
  clients: (serverId: number) => string,
  before: string,
): { readonly text: string; readonly complete: boolean } {
  const known = new Map(before.split('\n').map((line) => [line.split(';')[0], line]))
  let complete = true
  const lines = servers.map(({ serverId, host, peerPort }) => {
    const shown = host.includes(':') ? `[${host}]` : host
    const peer = `server.${serverId}=${shown}:${peerPort}:${peerPort}:participant`
    const client = clients(serverId)
    const line = client === '' ? (known.get(peer) ?? peer) : `${peer};${client}`
    if (line === peer) complete = false
    return `${line}\n`
  })
  return { text: lines.join(''), complete }
}
