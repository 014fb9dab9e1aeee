// server: what /zookeeper/config says of the servers, a line each as QuorumPeer.QuorumServer.toString writes it. Clients learn from it where they may connect to.
//
//   server.1=zk1:2888:3888:participant;zk1:2181        without ;... while nobody knows where its clients come to
//
// Elections go over the peer port, but ZooKeeper's shell and Curator read no line whose two ports are the same: the second is the one that ZooKeeper's manual would
// have given it. Nobody listens there.

import type { EnsembleServer } from './ensemble-options.ts'

const MAX_PORT = 65_535
const ELECTION_OFFSET = 1000

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
    const peer = `server.${serverId}=${shown}:${peerPort}:${electionPort(peerPort)}:participant`
    const client = clients(serverId)
    const line = client === '' ? (known.get(peer) ?? peer) : `${peer};${client}`
    if (line === peer) complete = false
    return `${line}\n`
  })
  return { text: lines.join(''), complete }
}

function electionPort(peerPort: number): number {
  return peerPort + ELECTION_OFFSET <= MAX_PORT ? peerPort + ELECTION_OFFSET : peerPort - ELECTION_OFFSET
}
