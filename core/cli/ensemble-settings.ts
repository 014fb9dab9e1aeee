// cli: which servers form an ensemble, which of them this one is, and how they prove themselves: from flags, zoo.cfg and the file myid.
//
//   servers     --server, all of them, or the lines server.N of the file
//   which one   --server-id, or <data directory>/myid; both must say the same
//   client port --port, clientPort, or what stands behind the semicolon of the own line

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { type EnsembleOptions, type PeerSecurityFiles, resolveEnsembleOptions, shortestSessionMs } from '../server/ensemble-options.ts'
import type { ServerOptions } from '../server/options.ts'
import { parseServerLine, type ServerLine } from '../server/server-line.ts'
import { LOOPBACK_ONLY, type ZooConfig } from '../server/zoo-config.ts'
import { present, type ZooEnsemble } from '../server/zoo-ensemble-keys.ts'
import { refuseValue } from '../server/zoo-values.ts'
import type { EnsembleFlags, ServerFlags } from './server-flags.ts'

export interface EnsembleSettings {
  readonly options: ServerOptions
  readonly warnings: readonly string[]
}

/** Flags that a server alone has no use for. */
const NEEDS_SERVERS =
  '--peer-… and --allow-plain-peers, --heartbeat-ms, --election-ms, --initialize are ignored: no servers of an ensemble are named'

/** Rejects with `ERR_CONFIG`. `dataDir` null: in memory. */
export async function ensembleSettings(
  config: ZooConfig,
  flags: EnsembleFlags,
  {
    serverId: flagId,
    minSessionTimeoutMs,
    maxSessionTimeoutMs,
  }: Pick<ServerFlags, 'serverId' | 'minSessionTimeoutMs' | 'maxSessionTimeoutMs'>,
  dataDir: string | null,
): Promise<EnsembleSettings> {
  const servers = flags.server === undefined ? config.ensemble.servers : serversOf(flags.server)
  if (servers.size === 0) {
    const useless = Object.keys(flags).length > 0
    return { options: {}, warnings: useless ? [NEEDS_SERVERS] : [] }
  }
  const serverId = await ownId(flagId, dataDir)
  const ensemble: EnsembleOptions = {
    servers: [...servers].map(([id, { host, peerPort }]) => ({ serverId: id, host, peerPort })),
    ...timingAndHost(config.ensemble, flags),
    security: security(config.ensemble, flags),
  }
  const timing = resolveEnsembleOptions(ensemble, serverId)
  const shortestMs = shortestSessionMs(timing)
  if (minSessionTimeoutMs === undefined) requireLongSessions('minSessionTimeout', config, shortestMs)
  if (maxSessionTimeoutMs === undefined) requireLongSessions('maxSessionTimeout', config, shortestMs)
  const client = clientOptions(config, serverId, servers.get(serverId) ?? null)
  return { options: { serverId, ensemble, ...client.options }, warnings: client.warnings }
}

function serversOf(lines: readonly string[]): Map<number, ServerLine> {
  const servers = new Map<number, ServerLine>()
  for (const line of lines) {
    const [matched, id, value = ''] = /^(\d+)=(.+)$/.exec(line) ?? []
    const number = Number(id)
    if (matched === undefined || number < 1 || number > 255)
      throw refuseValue('--server', 'id=host:peerPort with an id from 1 to 255', line)
    if (servers.has(number)) throw refuseValue('--server', `server ${number} once`, line)
    servers.set(number, parseServerLine(value, `--server ${line}`))
  }
  return servers
}

/** From the flag or the file; told apart, they contradict each other: a copied directory, or a wrong host. */
async function ownId(flagId: number | undefined, dataDir: string | null): Promise<number> {
  const path = dataDir === null ? null : join(dataDir, 'myid')
  const text = path === null ? null : await textOf(path)
  if (path === null || text === null) {
    if (flagId !== undefined) return flagId
    const where = path === null ? '--server-id' : `${path} with the id of this server, or --server-id`
    throw new ZoariumError('ERR_CONFIG', `which server of the ensemble this is: expected ${where}, got neither`)
  }
  const trimmed = text.trim()
  const id = /^\d{1,3}$/.test(trimmed) ? Number(trimmed) : 0
  if (id < 1 || id > 255) throw refuseValue(path, 'an id from 1 to 255', trimmed.slice(0, 40))
  if (flagId !== undefined && flagId !== id) throw refuseValue(path, `${flagId}, as --server-id says`, trimmed)
  return id
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return null
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZoariumError('ERR_CONFIG', `${path}: expected a readable file, got: ${reason}`, { cause })
  }
}

function timingAndHost(file: ZooEnsemble, flags: EnsembleFlags): Partial<EnsembleOptions> {
  return present({
    peerHost: flags.peerHost ?? file.peerHost,
    heartbeatMs: flags.heartbeatMs ?? file.heartbeatMs,
    electionMs: flags.electionMs ?? file.electionMs,
    initialize: flags.initialize,
  })
}

function security({ security: file }: ZooEnsemble, flags: EnsembleFlags): PeerSecurityFiles {
  return present({
    certFile: flags.peerTlsCertFile ?? file.certFile,
    keyFile: flags.peerTlsKeyFile ?? file.keyFile,
    caFile: flags.peerTlsCaFile ?? file.caFile,
    secretFile: flags.peerSecretFile ?? file.secretFile,
    allowPlain: flags.allowPlainPeers ?? file.allowPlain,
  })
}

/** Here with the line, and with what the figure comes from. */
function requireLongSessions(key: 'minSessionTimeout' | 'maxSessionTimeout', { ensemble }: ZooConfig, shortestMs: number): void {
  const placed = ensemble.at.get(key)
  if (placed === undefined || placed.value === '-1' || Number(placed.value) >= shortestMs) return
  throw refuseValue(
    placed.at,
    `${shortestMs} or more in an ensemble, five times two elections and a heartbeat (zoarium.electionMs, zoarium.heartbeatMs)`,
    placed.value,
  )
}

/** What the own line says of clients, where the file says nothing else. */
function clientOptions({ options, ensemble }: ZooConfig, serverId: number, line: ServerLine | null): EnsembleSettings {
  const client = line?.client ?? null
  const at = ensemble.at.get(`server.${serverId}`)?.at ?? `--server ${serverId}`
  const { port, host } = options
  const explicit = ensemble.at.has('clientPort') ? port : undefined
  if (client !== null && explicit != null && explicit !== client.port) {
    throw refuseValue(at, `the client port ${explicit}, as clientPort says`, String(client.port))
  }
  const clientHost = host ?? client?.host ?? undefined
  return {
    options: {
      ...(client === null || explicit != null ? {} : { port: client.port }),
      ...(clientHost === undefined ? {} : { host: clientHost }),
    },
    warnings: clientHost === undefined && ensemble.servers.size > 0 ? [`${at}: ${LOOPBACK_ONLY}`] : [],
  }
}
