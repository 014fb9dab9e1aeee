// admin: commands about ensembles and Zab, as ZooKeeper answers them alone and among others, about digests of the state, and about tracing, of which there is none.

import type { EnsembleServerView, EnsembleView } from '../../server/server-view.ts'
import type { JsonObject } from '../json-text.ts'
import { digestLog } from '../words/hash-word.ts'
import { type Command, CommandError } from './command.ts'

export const ENSEMBLE_COMMANDS: readonly Command[] = [
  {
    // Our own: what `zoarium ensemble status` shows. Answered also, and above all, while there is no quorum.
    names: ['ensemble'],
    always: true,
    run: (view) => ({ ensemble: ensembleFields(view.ensemble()) }),
  },
  {
    names: ['leader', 'lead'],
    run(view) {
      const ensemble = view.ensemble()
      if (ensemble === null) throw new CommandError('this server is standalone: it leads nobody')
      const leader = ensemble.servers.find(({ serverId }) => serverId === ensemble.leaderId)
      return { is_leader: ensemble.role === 'leader', leader_id: ensemble.leaderId, leader_ip: leader?.peerAddress ?? '' }
    },
  },
  { names: ['observers', 'obsr'], run: () => ({ synced_observers: 0, observers: [] }) },
  { names: ['observer_connection_stat_reset', 'orst'], run: () => ({}) },
  {
    names: ['voting_view'],
    run(view) {
      const servers = view.ensemble()?.servers ?? []
      return { current_config: Object.fromEntries(servers.map((server) => [String(server.serverId), votingServer(server)])) }
    },
  },
  {
    names: ['zabstate'],
    run(view) {
      const ensemble = view.ensemble()
      if (ensemble === null) return { voting: false, zabstate: '' }
      return { voting: true, zabstate: ensemble.inContact ? 'broadcast' : 'election' }
    },
  },
  { names: ['hash'], run: (view) => ({ digests: digestLog(view).map(({ zxid, digest }) => ({ zxid, digestVersion: 2, digest })) }) },
  { names: ['get_trace_mask', 'gtmk'], always: true, run: () => ({ tracemask: 0 }) },
  {
    names: ['set_trace_mask', 'stmk'],
    always: true,
    run() {
      throw new CommandError('nothing is traced by this server: there is no mask to set')
    },
  },
]

function votingServer({ peerAddress, clientAddress }: EnsembleServerView): JsonObject {
  // Elections go over the same port.
  return { serverAddresses: [peerAddress], electionAddresses: [peerAddress], clientAddress, learnerType: 'PARTICIPANT' }
}

function ensembleFields(ensemble: EnsembleView | null): JsonObject | null {
  if (ensemble === null) return null
  const { servers, links, ...rest } = ensemble
  return { ...rest, servers: servers.map((server) => ({ ...server })), links: links === null ? null : { ...links } }
}
