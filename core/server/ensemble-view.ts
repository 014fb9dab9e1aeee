// server: the servers of an ensemble as one of them sees them, for operators: what it knows of itself, and what the others said of themselves last.

import type { PeerCounters } from '../peer/peer-counters.ts'
import type { EnsembleMember } from './ensemble-member.ts'
import type { EnsembleServer } from './ensemble-options.ts'
import type { HeardFacts } from './peer-facts.ts'
import type { EnsembleServerView, EnsembleView, PeerLinksView } from './server-view.ts'
import type { ViewedServer } from './viewed-server.ts'

type Role = EnsembleServerView['role']

/** `null` for a server alone. */
export function ensembleView(server: ViewedServer): EnsembleView | null {
  const { member, driver } = server
  if (member === null) return null
  const { replica } = driver
  const { settings, counters, leaderChanges } = member
  const { serverId } = server.options
  const told = settings.servers.map((one) =>
    one.serverId === serverId
      ? ownView(member, one)
      : { ...peerView(one, member.facts.of(one.serverId)), sameState: replica.digests.sameAs(one.serverId) },
  )
  const leaderApplied = told.find(({ role, heard, term }) => heard && role === 'leader' && term === replica.term)?.appliedIndex
  const { role, leaderId, term } = replica
  return {
    serverId,
    role: shownRole(replica.recovering ? 'recovering' : role),
    leaderId,
    term,
    inContact: replica.mayReply,
    leaderChanges,
    heartbeatMs: settings.heartbeatMs,
    electionMs: settings.electionMs,
    servers: told.map((one) => ({ ...one, lag: lagOf(one, leaderApplied) })),
    syncedFollowers:
      role === 'leader' ? replica.peers.filter(({ state, recovering }) => state === 'replicate' && !recovering).length : null,
    pendingSyncs: role === 'leader' ? replica.pendingSyncs : null,
    agreeingServers: replica.digests.agreeing(0),
    links: counters === null ? null : linksView(counters),
  }
}

/** What the leader said may be older than what another did. */
function lagOf({ heard, appliedIndex }: EnsembleServerView, leaderApplied: number | undefined): number | null {
  return !heard || leaderApplied === undefined ? null : Math.max(0, leaderApplied - appliedIndex)
}

/** From what the others are told. */
function ownView(member: EnsembleMember, one: EnsembleServer): EnsembleServerView {
  return { ...peerView(one, { facts: member.ownFacts, heardAtMs: Date.now(), clockDifferenceMs: 0 }), self: true, sameState: true }
}

function peerView({ serverId, host, peerPort }: EnsembleServer, told: HeardFacts | undefined): EnsembleServerView {
  const ageMs = told === undefined ? 0 : Math.max(0, Date.now() - told.heardAtMs)
  return {
    serverId,
    peerAddress: address(host, peerPort),
    clientAddress: told?.facts.clientAddress ?? '',
    self: false,
    heard: told !== undefined,
    role: shownRole(told?.facts.role ?? 'unformed'),
    term: told?.facts.term ?? 0,
    appliedIndex: told?.facts.appliedIndex ?? 0,
    lastZxid: told?.facts.lastZxid ?? 0,
    lag: null,
    contactMs: Math.round(told?.facts.contactMs ?? 0),
    clockDifferenceMs: told?.clockDifferenceMs ?? 0,
    ageMs,
    serving: told?.facts.serving ?? false,
    version: told?.facts.software ?? '',
    stateDigest: told?.facts.stateDigest ?? '',
    sameState: null,
  }
}

/** What another version calls its role is none that is known here: nothing hangs on it but what is shown. */
function shownRole(role: string): Role {
  switch (role) {
    case 'leader':
    case 'follower':
    case 'unformed':
    case 'recovering':
      return role
    default:
      return 'candidate'
  }
}

function address(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function linksView(counters: PeerCounters): PeerLinksView {
  const { linksAccepted, linksDialled, messagesSent, messagesReceived, messagesDropped, bytesSent, bytesReceived, ended } = counters
  return {
    linksAccepted,
    linksDialled,
    messagesSent,
    messagesReceived,
    messagesDropped,
    bytesSent,
    bytesReceived,
    ended,
    turnedAway: Object.fromEntries(Object.entries(counters.turnedAway)),
  }
}
