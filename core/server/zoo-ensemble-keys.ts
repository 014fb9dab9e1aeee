// server: the keys of zoo.cfg about the other servers of an ensemble, and what they mean together.
//
//   server.1=… server.2=… server.3=…     an ensemble; which of them this server is, the file myid says
//   server.1=…                           one alone: no ensemble, as in ZooKeeper, with a warning
//   zoarium.*                            what ZooKeeper has no key for

import type { PeerSecurityFiles } from './ensemble-options.ts'
import { parseServerLine, type ServerLine } from './server-line.ts'
import type { Placed } from './zoo-admin-keys.ts'
import { ignored, refused, type ZooKey } from './zoo-key.ts'
import { readBoolean, readInteger, refuseValue } from './zoo-values.ts'

/** What the file says of an ensemble. */
export interface ZooEnsemble {
  /** By id; none for a server alone. */
  readonly servers: ReadonlyMap<number, ServerLine>
  readonly peerHost?: string
  readonly security: PeerSecurityFiles
  readonly heartbeatMs?: number
  readonly electionMs?: number
  /** Where the lines stand, for messages. */
  readonly at: ReadonlyMap<string, Placed>
}

const PARTICIPANT = /^participant$/i
const FALSE = /^(false|no)$/i

const OWN_SECURITY = 'servers prove themselves with `zoarium.peerSecretFile` or `zoarium.peerTls.*`'
const OWN_TIMING = 'elections have a timing of their own: `zoarium.heartbeatMs`, `zoarium.electionMs`'
const OWN_LINKS = 'links between servers are made, watched and made again without settings'
const OWN_SYNC = 'a server that is behind is brought up without settings'
const NO_OBSERVERS = 'there are no observers in this version'
const NO_ELECTION_PORTS = 'election ports (the second ones of server.N) are not used: elections go over the peer ports'
const NO_GROUPS = 'no such key: every server has one vote, without groups and weights'

/** Is looked at when the whole file is read. */
function later(about: string): ZooKey {
  return { kind: 'honoured', about, read: () => null }
}

export const ENSEMBLE_KEYS: Readonly<Record<string, ZooKey>> = {
  'server.*': later(
    'a server of the ensemble: `host:peerPort[:electionPort][:participant][;[clientHost:]clientPort]`; one address each, no observers; the election port is not used; one line alone is no ensemble',
  ),
  quorumListenOnAllIPs: later('true: the peer port listens on every address, otherwise on that of `server.N`'),
  'zoarium.peerHost': later('`ensemble.peerHost`: address that the peer port listens on, when it is not that of `server.N`'),
  'zoarium.peerSecretFile': later('`ensemble.security.secretFile`: the secret of the ensemble, mode 0600'),
  'zoarium.peerTls.certFile': later('`ensemble.security.certFile`: certificate chain of this server in PEM, for TLS between servers'),
  'zoarium.peerTls.keyFile': later('`ensemble.security.keyFile`: its private key in PEM'),
  'zoarium.peerTls.caFile': later("`ensemble.security.caFile`: authorities of the other servers' certificates in PEM"),
  'zoarium.allowPlainPeers': later('`ensemble.security.allowPlain`: servers need no TLS and no secret beyond this machine'),
  'zoarium.heartbeatMs': later('`ensemble.heartbeatMs`: how often the leader is heard of; 100 when not set'),
  'zoarium.electionMs': later('`ensemble.electionMs`: without a leader for so long, a server stands for election; 500 when not set'),

  'group.*': refused(NO_GROUPS),
  'weight.*': refused(NO_GROUPS),
  dynamicConfigFile: refused('no such key: the servers stand in this file (`server.N`), and cannot be changed while they run'),
  oraclePath: refused('no such key: a quorum decides, nobody else'),
  peerType: refused('participant: there are no observers in this version', PARTICIPANT),
  'quorum.auth.*': refused(`false, or no such key: ${OWN_SECURITY}`, FALSE),
  sslQuorum: refused(`false: ${OWN_SECURITY}`, FALSE),
  portUnification: refused('client.portUnification: this key is about the ports between servers', FALSE),
  'ssl.quorum.*': ignored(OWN_SECURITY),
  sslQuorumReloadCertFiles: ignored(OWN_SECURITY),
  ensembleAuthName: ignored(OWN_SECURITY),

  initLimit: ignored(OWN_TIMING),
  syncLimit: ignored(OWN_TIMING),
  electionAlg: ignored(OWN_TIMING),
  electionPortBindRetry: ignored('there is no election port'),
  'fastleader.minNotificationInterval': ignored(OWN_TIMING),
  'fastleader.maxNotificationInterval': ignored(OWN_TIMING),
  'leader.maxTimeToWaitForEpoch': ignored(OWN_TIMING),
  leaderConnectDelayDuringRetryMs: ignored(OWN_TIMING),
  leaderServes: ignored('the leader serves clients, always'),
  standaloneEnabled: ignored('a server alone is an ensemble of one, and takes the same path'),
  reconfigEnabled: ignored('the servers of an ensemble cannot be changed while they run, in this version'),
  cnxTimeout: ignored(OWN_LINKS),
  quorumCnxnTimeoutMs: ignored(OWN_LINKS),
  'quorum.cnxn.threads.size': ignored(OWN_LINKS),
  'multiAddress.enabled': ignored('a server has one address in this version'),
  'multiAddress.reachabilityCheckEnabled': ignored('a server has one address in this version'),
  'multiAddress.reachabilityCheckTimeoutMs': ignored('a server has one address in this version'),
  'leader.closeSocketAsync': ignored(OWN_LINKS),
  'learner.asyncSending': ignored(OWN_LINKS),
  'learner.closeSocketAsync': ignored(OWN_LINKS),
  connectToLearnerMasterLimit: ignored(OWN_LINKS),
  'leader.maxConcurrentSnapSyncs': ignored(OWN_SYNC),
  'leader.maxConcurrentDiffSyncs': ignored(OWN_SYNC),
  'leader.ackLoggingFrequency': ignored('acknowledgements are not logged'),
  forceSnapshotSync: ignored(OWN_SYNC),
  commitLogCount: ignored(OWN_SYNC),
  snapshotSizeFactor: ignored(OWN_SYNC),
  forward_learner_requests_to_commit_processor_disabled: ignored('there is no commit processor'),
  'observer.syncEnabled': ignored(NO_OBSERVERS),
  syncEnabled: ignored(NO_OBSERVERS),
  'observer.reconnectDelayMs': ignored(NO_OBSERVERS),
  'observer.election.DelayMs': ignored(NO_OBSERVERS),
  observerMasterPort: ignored(NO_OBSERVERS),
  'observerMaster.sizeLimit': ignored(NO_OBSERVERS),
}

/** What the whole file says of an ensemble, with what there is to say of it; throws `ERR_CONFIG`. */
export function settleEnsembleKeys(placed: ReadonlyMap<string, Placed>): {
  readonly ensemble: ZooEnsemble
  readonly warnings: string[]
  readonly notes: string[]
} {
  const servers = serverLines(placed)
  const [only] = servers.keys()
  const warnings: string[] = []
  if (servers.size === 1) {
    const at = placed.get(`server.${only}`)?.at ?? ''
    warnings.push(`${at}: one server alone is no ensemble: it runs standalone; name all servers of the ensemble, this one among them`)
    servers.clear()
  }
  // Nearly every file names them, and nothing is to be done about it.
  const notes = [...servers.values()].some(({ electionPort }) => electionPort) ? [NO_ELECTION_PORTS] : []
  return { ensemble: { servers, ...otherKeys(placed), at: placed }, warnings, notes }
}

function serverLines(placed: ReadonlyMap<string, Placed>): Map<number, ServerLine> {
  const servers = new Map<number, ServerLine>()
  for (const [key, { value, at }] of placed) {
    const id = /^server\.(.+)$/.exec(key)?.[1]
    // Two settings of the Java client are named so, too.
    if (id === undefined || id === 'principal' || id === 'realm') continue
    if (!/^\d+$/.test(id)) throw refuseValue(at, 'server.N, with N from 1 to 255', key)
    const number = readInteger(id, `${at}: N`, 1, 255)
    if (servers.has(number)) throw refuseValue(at, `one line for server ${number}`, 'two')
    servers.set(number, parseServerLine(value, at))
  }
  return servers
}

function otherKeys(placed: ReadonlyMap<string, Placed>): Omit<ZooEnsemble, 'servers' | 'at'> {
  const text = (key: string): string | undefined => {
    const found = placed.get(key)
    if (found?.value === '') throw refuseValue(found.at, 'a value', '')
    return found?.value
  }
  const flag = (key: string): boolean | undefined => {
    const found = placed.get(key)
    return found === undefined ? undefined : readBoolean(found.value, found.at)
  }
  const integer = (key: string, min: number, max: number): number | undefined => {
    const found = placed.get(key)
    return found === undefined ? undefined : readInteger(found.value, found.at, min, max)
  }
  const peerHost = text('zoarium.peerHost') ?? (flag('quorumListenOnAllIPs') === true ? '0.0.0.0' : undefined)
  const security = {
    certFile: text('zoarium.peerTls.certFile'),
    keyFile: text('zoarium.peerTls.keyFile'),
    caFile: text('zoarium.peerTls.caFile'),
    secretFile: text('zoarium.peerSecretFile'),
    allowPlain: flag('zoarium.allowPlainPeers'),
  }
  return {
    ...present({
      peerHost,
      heartbeatMs: integer('zoarium.heartbeatMs', 10, 10_000),
      electionMs: integer('zoarium.electionMs', 30, 60_000),
    }),
    security: present(security),
  }
}

/** Without the fields that are undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
