// cli: what `zoarium ensemble status` makes of the servers' answers: one picture, a verdict, a table.

import type { EnsembleServerView, EnsembleView } from '../server/server-view.ts'
import { hexZxid } from '../tools/describe-snapshot.ts'

/** - `healthy`: all servers serve  - `degraded`: a quorum does  - `noQuorum`: nobody does */
export type EnsembleState = 'healthy' | 'degraded' | 'noQuorum'

export interface EnsembleStatus {
  readonly state: EnsembleState
  /** 0 when none is known. */
  readonly leaderId: number
  readonly term: number
  readonly electionMs: number
  readonly problems: readonly string[]
  readonly servers: readonly EnsembleServerView[]
}

/** Wall clocks that differ by more are told about, as the servers do. */
const CLOCK_MS = 1000

/** One picture of what one or more servers see; at least one. */
export function ensembleStatus(views: readonly EnsembleView[]): EnsembleStatus {
  const best = bestOf(views)
  // A server that nobody else hears of may still answer for itself.
  const servers = best.servers.map((server) => (server.heard ? server : (ownOf(views, server.serverId) ?? server)))
  const problems = servers.flatMap((server) => problemsOf(server, best))
  const inContact = views.some((view) => view.inContact)
  if (!inContact) problems.unshift('no server is in contact with a quorum: clients wait, or look for another ensemble in vain')
  return {
    state: inContact ? (problems.length === 0 ? 'healthy' : 'degraded') : 'noQuorum',
    leaderId: inContact ? best.leaderId : 0,
    term: best.term,
    electionMs: best.electionMs,
    problems,
    servers,
  }
}

/** The leader's, or that of a server in contact, or of whom has seen the latest election. */
function bestOf(views: readonly EnsembleView[]): EnsembleView {
  const rank = ({ inContact, role, term }: EnsembleView): number => (inContact ? 2 ** 40 : 0) + (role === 'leader' ? 2 ** 36 : 0) + term
  const [best] = [...views].sort((a, b) => rank(b) - rank(a))
  if (best === undefined) throw new Error('there is an answer')
  return best
}

function ownOf(views: readonly EnsembleView[], id: number): EnsembleServerView | undefined {
  return views.find(({ serverId }) => serverId === id)?.servers.find(({ self }) => self)
}

function problemsOf(server: EnsembleServerView, { serverId: asked, servers }: EnsembleView): string[] {
  const name = `server ${server.serverId}`
  const linked = servers.find(({ serverId }) => serverId === server.serverId)?.heard === true
  if (!server.heard) return [`${name} is not heard of: it is down, or cannot be reached from server ${asked}`]
  const problems: string[] = []
  if (!linked) problems.push(`${name} runs, but server ${asked} has no link to it`)
  if (server.role === 'unformed') problems.push(`${name} belongs to no ensemble yet: its log says whom it waits for, or why in vain`)
  else if (server.role === 'recovering') problems.push(`${name} lost data of its own and has no vote until it has it again from the others`)
  else if (!server.serving) problems.push(`${name} does not serve clients`)
  if (server.sameState === false) problems.push(`the state of ${name} is not that of server ${asked}: see docs/operations/damage.md`)
  if (Math.abs(server.clockDifferenceMs) > CLOCK_MS) {
    problems.push(`the wall clock of ${name} differs from that of server ${asked} by ${signed(server.clockDifferenceMs)} ms`)
  }
  return problems
}

const HEADER = ['server', 'clients', 'peers', 'role', 'term', 'zxid', 'digest', 'lag', 'contact', 'clock', 'serving', 'version']
/** Columns of words; the others are numbers and stand at the right. */
const LEFT = new Set(['clients', 'peers', 'role', 'digest', 'serving', 'version'])

/** For a person. */
export function statusText(status: EnsembleStatus): string {
  const rows = [HEADER, ...status.servers.map((server) => rowOf(server, status))]
  const widths = HEADER.map((_title, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (LEFT.has(HEADER[i] ?? '') ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  const leader = status.leaderId === 0 ? 'no leader is known' : `server ${status.leaderId} leads in term ${status.term}`
  const title = `${status.state === 'noQuorum' ? 'no quorum' : status.state}: ensemble of ${status.servers.length} servers, ${leader}`
  return [title, '', ...lines, ...(status.problems.length > 0 ? ['', ...status.problems] : []), ''].join('\n')
}

function rowOf(server: EnsembleServerView, { electionMs }: EnsembleStatus): string[] {
  const head = [String(server.serverId), server.clientAddress === '' ? '-' : server.clientAddress, server.peerAddress]
  if (!server.heard) return [...head, ...HEADER.slice(head.length).map(() => '-')]
  const { role, term, lastZxid, lag, clockDifferenceMs, serving, version } = server
  return [
    ...head,
    role,
    String(term),
    hexZxid(lastZxid),
    server.stateDigest === '' ? '-' : server.stateDigest,
    lag === null ? '-' : String(lag),
    contactAge(server, electionMs),
    `${signed(clockDifferenceMs)} ms`,
    serving ? 'yes' : 'no',
    version,
  ]
}

/** How old the word is on which it answers clients: above `electionMs` it answers nobody. */
function contactAge({ contactMs }: EnsembleServerView, electionMs: number): string {
  const ageMs = Math.max(0, Math.round(electionMs - contactMs))
  if (contactMs <= -1e9) return 'never'
  return ageMs < 10_000 ? `${ageMs} ms` : `${Math.round(ageMs / 1000)} s`
}

function signed(ms: number): string {
  const rounded = Math.round(ms)
  return rounded > 0 ? `+${rounded}` : String(rounded)
}
