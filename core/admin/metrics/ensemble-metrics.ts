// admin: the metrics of a server among the others of its ensemble. A server alone has none of them.

import type { EnsembleServerView, EnsembleView, PeerLinksView } from '../../server/server-view.ts'
import type { Labelled, LabelledMetric, Metric, NumberMetric } from './metric.ts'

function ensemble(type: 'gauge' | 'counter', name: string, help: string, read: (view: EnsembleView) => number | null): NumberMetric {
  return { type, name, help, read: ({ ensemble: view }) => (view === null ? null : read(view)) }
}

/** Of each of the other servers; left out for one of which nothing is known, or whose value is `null`. */
function perServer(name: string, help: string, read: (server: EnsembleServerView) => number | null): LabelledMetric {
  return {
    type: 'gauge',
    name,
    help,
    labels: ['server'],
    *readAll({ ensemble: view }) {
      for (const server of view?.servers ?? []) {
        const value = server.self ? null : read(server)
        if (value !== null) yield { labels: { server: String(server.serverId) }, value }
      }
    },
  }
}

/** A server of an ensemble in one process has no links that count. */
function links(name: string, help: string, read: (links: PeerLinksView) => number): NumberMetric {
  return ensemble('counter', name, help, (view) => (view.links === null ? null : read(view.links)))
}

function linksByReason(name: string, help: string, read: (links: PeerLinksView) => Readonly<Record<string, number>>): LabelledMetric {
  return {
    type: 'counter',
    name,
    help,
    labels: ['reason'],
    *readAll({ ensemble: view }): Iterable<Labelled<number>> {
      if (view === null || view.links === null) return
      for (const [reason, value] of Object.entries(read(view.links))) yield { labels: { reason }, value }
    },
  }
}

function own(view: EnsembleView): EnsembleServerView | undefined {
  return view.servers.find(({ self }) => self)
}

export const ENSEMBLE_METRICS: readonly Metric[] = [
  ensemble('gauge', 'zoarium_leading', '1 while this server leads the ensemble', ({ role }) => (role === 'leader' ? 1 : 0)),
  ensemble('gauge', 'zoarium_leader_id', 'Server that leads, 0 while none is known', ({ leaderId }) => leaderId),
  ensemble('gauge', 'zoarium_election_term', 'Term of the last election that this server knows of', ({ term }) => term),
  ensemble(
    'gauge',
    'zoarium_contact_seconds',
    'For how long clients may still be answered; below 0: for how long a quorum has been out of reach',
    (view) => (own(view)?.contactMs ?? 0) / 1000,
  ),
  ensemble(
    'counter',
    'zoarium_leader_changes_total',
    'Elections that ended with a leader, as this server saw them',
    (view) => view.leaderChanges,
  ),
  ensemble('gauge', 'zoarium_lag_entries', 'Entries that the leader has applied and this server not', (view) => own(view)?.lag ?? null),
  ensemble(
    'gauge',
    'zoarium_peers_up',
    'Other servers that are heard of',
    ({ servers }) => servers.filter(({ self, heard }) => heard && !self).length,
  ),
  ensemble(
    'gauge',
    'zoarium_state_agreeing_servers',
    'Servers known to have the same state, this one included',
    (view) => view.agreeingServers,
  ),
  perServer(
    'zoarium_peer_state_differs',
    '1 while the state of the other server is known to be another, 0 while it is known to be the same',
    ({ sameState }) => (sameState === null ? null : sameState ? 0 : 1),
  ),
  perServer('zoarium_peer_up', '1 while the other server is heard of', ({ heard }) => (heard ? 1 : 0)),
  perServer('zoarium_peer_lag_entries', 'Entries that the leader has applied and the other server not', ({ lag }) => lag),
  perServer(
    'zoarium_peer_clock_difference_seconds',
    'How far the wall clock of the other server is ahead of that of this one',
    ({ heard, clockDifferenceMs }) => (heard ? clockDifferenceMs / 1000 : null),
  ),
  links('zoarium_peer_links_accepted_total', 'Links of other servers that were accepted', (l) => l.linksAccepted),
  links('zoarium_peer_links_dialled_total', 'Links to other servers that were made', (l) => l.linksDialled),
  links('zoarium_peer_messages_sent_total', 'Messages to other servers', (l) => l.messagesSent),
  links('zoarium_peer_messages_received_total', 'Messages of other servers', (l) => l.messagesReceived),
  links('zoarium_peer_messages_dropped_total', 'Messages for a server whose link was down', (l) => l.messagesDropped),
  links('zoarium_peer_bytes_sent_total', 'Bytes to other servers', (l) => l.bytesSent),
  links('zoarium_peer_bytes_received_total', 'Bytes of other servers', (l) => l.bytesReceived),
  linksByReason('zoarium_peer_connections_ended_total', 'Connections between servers that ended, by reason', (l) => l.ended),
  linksByReason('zoarium_peer_turned_away_total', 'Servers that were turned away at the peer port, by reason', (l) => l.turnedAway),
]
