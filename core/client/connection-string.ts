// client: ZooKeeper's connection strings.
//
//   h1:2181,h2:2181/app/team        port 2181 if left out; everything from the first / is the chroot
//   [::1]:2181,[fe80::1]            IPv6 addresses stand in brackets
//
// A list of strings means the same as the strings joined by commas.

import { ZoariumError } from '../errors.ts'
import { pathProblem } from '../wire/paths.ts'

const DEFAULT_PORT = 2181

/** One server's address. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/** What a connection string says. */
export interface ConnectionTarget {
  readonly servers: readonly ServerAddress[]
  /** '' for none. */
  readonly chroot: string
}

/** Throws `ERR_CONFIG` that says what was expected and what came. */
export function parseConnectionString(input: string | readonly string[]): ConnectionTarget {
  const text = typeof input === 'string' ? input : joined(input)
  const slash = text.indexOf('/')
  const list = slash < 0 ? text : text.slice(0, slash)
  return { servers: list.split(',').map(parseAddress), chroot: slash < 0 ? '' : parseChroot(text.slice(slash)) }
}

/** `host:port`, an IPv6 address in brackets. */
export function formatAddress(address: ServerAddress): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

function joined(input: unknown): string {
  if (Array.isArray(input) && input.length > 0 && input.every((item) => typeof item === 'string')) return input.join(',')
  throw new ZoariumError('ERR_CONFIG', `servers: expected 'host:port,...' or a list of 'host:port', got ${JSON.stringify(input)}`)
}

function parseChroot(text: string): string {
  if (text === '/') return ''
  const problem = pathProblem(text)
  if (problem !== null) throw new ZoariumError('ERR_CONFIG', `servers: the chroot ${JSON.stringify(text)} is not a path: ${problem}`)
  return text
}

function parseAddress(part: string): ServerAddress {
  const text = part.trim()
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (host === undefined || port < 1 || port > 65535) {
    throw new ZoariumError(
      'ERR_CONFIG',
      `servers: expected host, host:port or [IPv6]:port with a port from 1 to 65535, got ${JSON.stringify(text)}`,
    )
  }
  return { host, port }
}
