// server: what a server of an ensemble is on: TCP, or the memory of one process.

import { randomBytes } from 'node:crypto'
import type { PeerAddress, PeerIdentity } from '../peer/identity.ts'
import type { PeerCounters } from '../peer/peer-counters.ts'
import { PeerLinks } from '../peer/peer-links.ts'
import type { PeerTransport, PeerTransportListener } from '../peer/peer-transport.ts'
import type { Founder } from '../storage/server-identity.ts'
import type { Logger } from '../support/logger.ts'
import { SeededRandom } from '../support/random.ts'
import type { ResolvedEnsembleOptions } from './ensemble-options.ts'
import { readPeerSecurity } from './peer-security.ts'

export interface PeerWorld {
  readonly transport: PeerTransport
  /** `null` for the memory of one process. */
  readonly counters: PeerCounters | null
  /** Takes links of others and dials them. Rejects with the system's error, or with `ERR_CONFIG`. */
  open(): Promise<void>
  /** From now on servers of these incarnations alone. */
  setFounders(founders: readonly Founder[]): void
  /** Of the ensemble, '' while it is not known: from now on links of others are refused. */
  setClusterId(clusterId: string): void
  close(): Promise<void>
}

/** Rejects with `ERR_CONFIG` for keys or a secret that cannot be used. */
export async function peerWorld(
  options: ResolvedEnsembleOptions,
  self: Founder,
  founders: readonly Founder[] | null,
  listener: PeerTransportListener,
  logger: Logger,
): Promise<PeerWorld> {
  const identity: PeerIdentity = { ...self, bootNonce: randomBytes(16).toString('hex'), clusterId: '' }
  return options.network === null ? tcpWorld(options, identity, founders, listener, logger) : memoryWorld(options, identity, listener)
}

async function tcpWorld(
  options: ResolvedEnsembleOptions,
  self: PeerIdentity,
  founders: readonly Founder[] | null,
  listener: PeerTransportListener,
  logger: Logger,
): Promise<PeerWorld> {
  const { servers, security: files, peerHost, peerPort } = options
  const security = await readPeerSecurity(files)
  const links = new PeerLinks({ self, security, random: new SeededRandom(randomBytes(6).readUIntBE(0, 6)), logger }, listener)
  const addresses = (known: readonly Founder[] | null): PeerAddress[] =>
    servers
      .filter(({ serverId }) => serverId !== self.serverId)
      .map(({ serverId, host, peerPort: port, tlsName }) => {
        const incarnation = known?.find((founder) => founder.serverId === serverId)?.incarnation ?? ''
        return { serverId, host, port, incarnation, ...(tlsName === undefined ? {} : { tlsName }) }
      })
  let told = ''
  return {
    transport: links,
    counters: links.counters,
    async open() {
      await links.listen(peerHost, peerPort)
      links.setPeers(addresses(founders))
    },
    setFounders: (known) => links.setPeers(addresses(known)),
    setClusterId(clusterId) {
      if (clusterId === told) return
      told = clusterId
      links.clusterId = clusterId
    },
    close: () => links.close(),
  }
}

function memoryWorld({ network, servers }: ResolvedEnsembleOptions, self: PeerIdentity, listener: PeerTransportListener): PeerWorld {
  if (network === null) throw new Error('a world in memory has a network')
  const links = network.join(self, listener)
  return {
    transport: links,
    counters: null,
    async open() {
      links.setPeers(servers.map(({ serverId }) => serverId))
    },
    setFounders() {},
    setClusterId() {},
    async close() {
      network.leave(self.serverId)
    },
  }
}
