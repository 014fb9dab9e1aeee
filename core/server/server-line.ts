// server: one server of an ensemble as ZooKeeper's zoo.cfg writes it.
//
//   host:peerPort[:electionPort][:participant][;[clientHost:]clientPort]
//
// A host with colons, an IPv6 address, stands in brackets. Elections go over the peer port here: an election port is read and not used.

import { refuseValue } from './zoo-values.ts'

/** What stands in such a line. */
export interface ServerLine {
  readonly host: string
  readonly peerPort: number
  /** Whether an election port was named. */
  readonly electionPort: boolean
  /** Where its clients come to, if the line says so. */
  readonly client: ClientPart | null
}

export interface ClientPart {
  /** `null`: not said. */
  readonly host: string | null
  readonly port: number
}

const GRAMMAR = 'host:peerPort[:electionPort][:participant][;[clientHost:]clientPort]'
const HOST = String.raw`\[[^\]]+\]|[^:;[\]\s]+`
const PEER_PART = new RegExp(`^(${HOST}):(\\d+)(?::(\\d+))?(?::([a-zA-Z]+))?$`)
const CLIENT_PART = new RegExp(`^(?:(${HOST}):)?(\\d+)$`)
const MAX_PORT = 65_535

/** Throws `ERR_CONFIG`; `at` says where the line stands. */
export function parseServerLine(value: string, at: string): ServerLine {
  const refuse = (expected: string): Error => refuseValue(at, expected, value)
  if (value.includes('|')) throw refuse('one address: several for one server are not part of this version')
  const [peerText = '', clientText, ...more] = value.split(';').map((part) => part.trim())
  const [matched, host = '', peerPort, electionPort, role = 'participant'] = PEER_PART.exec(peerText) ?? []
  if (matched === undefined || more.length > 0) throw refuse(GRAMMAR)
  if (role.toLowerCase() === 'observer') throw refuse('a participant: observers are not part of this version')
  if (role.toLowerCase() !== 'participant') throw refuse('participant, or nothing, after the ports')
  if (!isPort(peerPort) || (electionPort !== undefined && !isPort(electionPort))) throw refuse(`ports from 1 to ${MAX_PORT}`)
  return {
    host: withoutBrackets(host),
    peerPort: Number(peerPort),
    electionPort: electionPort !== undefined,
    client: clientText === undefined ? null : clientPart(clientText, refuse),
  }
}

function clientPart(text: string, refuse: (expected: string) => Error): ClientPart {
  const [matched, host, port] = CLIENT_PART.exec(text) ?? []
  if (matched === undefined || !isPort(port)) throw refuse(`[clientHost:]clientPort after the semicolon, a port from 1 to ${MAX_PORT}`)
  return { host: host === undefined ? null : withoutBrackets(host), port: Number(port) }
}

function isPort(text: string | undefined): boolean {
  const port = Number(text)
  return port >= 1 && port <= MAX_PORT
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}
