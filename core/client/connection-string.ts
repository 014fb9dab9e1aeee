// client: where the servers are: ZooKeeper's connection strings, and URLs for those who keep such things in one variable.
//
//   h1:2181,h2:2181/app/team              port 2181 if left out; everything from the first / is the chroot
//   [::1]:2181,[fe80::1]                  IPv6 addresses stand in brackets
//   zk://user:password@h1,h2/app          the same as a URL; zks:// speaks TLS; the user is a digest identity, percent-encoded
//   unix:/run/zk.sock, unix:/run/zk.sock:/app
//
// A list of strings means the same as the strings joined by commas; each of them may be a socket.

import { ZoariumError } from '../errors.ts'
import { pathProblem } from '../wire/paths.ts'
import type { AuthInfo } from './types.ts'

const DEFAULT_PORT = 2181
const URL_START = /^([a-z][a-z0-9+.-]*):\/\//i
const SOCKET_START = 'unix:'

/** One server's address: TCP, or the path of a Unix domain socket. */
export type ServerAddress = { readonly host: string; readonly port: number } | { readonly socketPath: string }

/** What a connection string says. */
export interface ConnectionTarget {
  readonly servers: readonly ServerAddress[]
  /** '' for none. */
  readonly chroot: string
  /** Whether TLS is spoken; `null` where the string does not say. */
  readonly tls: boolean | null
  /** The identity in a URL. */
  readonly auth: AuthInfo | null
}

interface Parts {
  readonly servers: readonly ServerAddress[]
  readonly chroot: string
}

/** Throws `ERR_CONFIG` that says what was expected and what came, without a password. */
export function parseConnectionString(input: string | readonly string[]): ConnectionTarget {
  const items = typeof input === 'string' ? [input] : listOf(input)
  const first = items[0] ?? ''
  const scheme = URL_START.exec(first)?.[1]?.toLowerCase()
  if (scheme !== undefined) {
    if (items.length > 1) throw refusal('expected one URL with all servers in it (zk://h1,h2), got a list that holds a URL')
    return parseUrl(scheme, first.slice(scheme.length + '://'.length))
  }
  return { ...parseItems(items), tls: null, auth: null }
}

/** `host:port`, an IPv6 address in brackets, or `unix:` and the socket's path. */
export function formatAddress(address: ServerAddress): string {
  if ('socketPath' in address) return SOCKET_START + address.socketPath
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

/** Whether both are the same server. */
export function sameAddress(a: ServerAddress, b: ServerAddress): boolean {
  return formatAddress(a) === formatAddress(b)
}

function refusal(problem: string): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `servers: ${problem}`)
}

function listOf(input: unknown): readonly string[] {
  if (Array.isArray(input) && input.length > 0 && input.every((item) => typeof item === 'string')) return input
  throw refusal(`expected 'host:port,...' or a list of 'host:port', got ${JSON.stringify(input)}`)
}

function parseUrl(scheme: string, rest: string): ConnectionTarget {
  if (scheme !== 'zk' && scheme !== 'zks') throw refusal(`expected a URL that begins with zk:// or zks://, got ${scheme}://`)
  if (/[?#]/.test(rest)) throw refusal('expected no ? or # in the URL; options are given to connect()')
  // The last @ before the chroot ends the user's part: what a password holds is percent-encoded, but people forget.
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const at = authority.lastIndexOf('@')
  const user = at < 0 ? null : authority.slice(0, at)
  return { ...parseItems([rest.slice(at + 1)]), tls: scheme === 'zks', auth: user === null ? null : parseUser(user) }
}

function parseUser(text: string): AuthInfo {
  const colon = text.indexOf(':')
  if (colon < 1) throw refusal('expected user:password before the @ of the URL, got something without a colon or user')
  try {
    return { scheme: 'digest', auth: `${decodeURIComponent(text.slice(0, colon))}:${decodeURIComponent(text.slice(colon + 1))}` }
  } catch {
    throw refusal('expected user and password of the URL in percent-encoding, got a % that is none')
  }
}

function parseItems(items: readonly string[]): Parts {
  const servers: ServerAddress[] = []
  let chroot = ''
  for (const [index, item] of items.entries()) {
    const part = item.trim().startsWith(SOCKET_START) ? parseSocket(item.trim().slice(SOCKET_START.length)) : parseHosts(item)
    if (part.chroot !== '' && index < items.length - 1) throw refusal(`expected a chroot at the end only, got ${JSON.stringify(item)}`)
    servers.push(...part.servers)
    chroot = part.chroot
  }
  return { servers, chroot }
}

function parseSocket(text: string): Parts {
  const colon = text.indexOf(':/')
  const socketPath = colon < 0 ? text : text.slice(0, colon)
  if (!socketPath.startsWith('/')) throw refusal(`expected unix: and an absolute path, got ${JSON.stringify(SOCKET_START + text)}`)
  return { servers: [{ socketPath }], chroot: colon < 0 ? '' : parseChroot(text.slice(colon + 1)) }
}

function parseHosts(text: string): Parts {
  const slash = text.indexOf('/')
  const list = slash < 0 ? text : text.slice(0, slash)
  return { servers: list.split(',').map(parseAddress), chroot: slash < 0 ? '' : parseChroot(text.slice(slash)) }
}

function parseChroot(text: string): string {
  if (text === '/') return ''
  const problem = pathProblem(text)
  if (problem !== null) throw refusal(`the chroot ${JSON.stringify(text)} is not a path: ${problem}`)
  return text
}

function parseAddress(part: string): ServerAddress {
  const text = part.trim()
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]@]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (host === undefined || port < 1 || port > 65535) {
    throw refusal(`expected host, host:port or [IPv6]:port with a port from 1 to 65535, got ${JSON.stringify(text)}`)
  }
  return { host, port }
}
