// cli: puts the settings of `zoarium server` together. Flags win over the environment, the environment over zoo.cfg, zoo.cfg over defaults.

import type { Command } from 'commander'
import type { ServerOptions } from '../server/options.ts'
import { readZooConfig, type ZooConfig } from '../server/zoo-config.ts'
import { present } from '../server/zoo-ensemble-keys.ts'
import { ensembleSettings } from './ensemble-settings.ts'
import {
  ADMIN_TOKEN_VARIABLE,
  CONFIG_VARIABLE,
  DEFAULT_DATA_DIR,
  type EnsembleFlags,
  type LogFormat,
  type LogLevel,
  type ServerFlags,
  SUPER_DIGEST_VARIABLE,
  TLS_PASSPHRASE_VARIABLE,
  unknownVariables,
} from './server-flags.ts'

/** Everything `zoarium server` needs to know. */
export interface ServerSettings {
  readonly options: ServerOptions
  readonly json: boolean
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  /** For the log, once there is one: what may be a mistake, and what only is to be known. */
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

const DEFAULT_PORT = 2181
/** A free one; admin.json tells which. */
const DEFAULT_ADMIN_PORT = 0

const NO_ADMIN_IN_MEMORY =
  '--admin-port is ignored: the token of the admin HTTP lies in the data directory, and a server in memory has none; ZOARIUM_ADMIN_TOKEN would set one'

/** Reads flags, environment and the file; rejects with `ERR_CONFIG`, or ends through commander's error for contradictory flags. */
export async function serverSettings(command: Command, file: string | undefined, environment: NodeJS.ProcessEnv): Promise<ServerSettings> {
  const { inMemory, json, logLevel, logFormat, adminPort, metricsPort, dataDir: _dataDir, ...rest } = command.opts<ServerFlags>()
  const { port, securePort, ...others } = rest
  const { ensembleFlags, flags } = splitFlags(others)
  const path = file ?? environment[CONFIG_VARIABLE]
  const config = path === undefined ? NO_FILE : await readZooConfig(path)
  const { dataDir: fileDataDir, adminPort: fileAdminPort = DEFAULT_ADMIN_PORT, ...fromFile } = config.options
  const dataDir = chooseDataDir(command, fileDataDir)
  const ensemble = await ensembleSettings(config, ensembleFlags, flags, dataDir)
  const superDigest = environment[SUPER_DIGEST_VARIABLE]
  const adminToken = environment[ADMIN_TOKEN_VARIABLE]
  // The token of the admin HTTP lies in the data directory: without one, or a token that is known anyway, nobody could use it.
  const adminUsable = dataDir !== null || adminToken !== undefined
  const tlsPassphrase = environment[TLS_PASSPHRASE_VARIABLE]
  return {
    options: {
      port: DEFAULT_PORT,
      ...fromFile,
      ...ensemble.options,
      ...flags,
      ...portOption('port', port),
      ...portOption('securePort', securePort),
      ...(superDigest === undefined ? {} : { superDigest }),
      ...(tlsPassphrase === undefined ? {} : { tlsPassphrase }),
      ...(adminToken === undefined ? {} : { adminToken }),
      ...(metricsPort === undefined ? {} : { metricsPort: orNull(metricsPort) }),
      ...(dataDir === null ? {} : { dataDir }),
      adminPort: adminUsable ? orNull(adminPort ?? fileAdminPort) : null,
    },
    json: json ?? false,
    logLevel: logLevel ?? 'info',
    logFormat: logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json'),
    warnings: [
      ...config.warnings,
      ...ensemble.warnings,
      ...unknownVariables(environment).map((name) => `the environment variable ${name} is not known here`),
      ...(!adminUsable && typeof adminPort === 'number' ? [NO_ADMIN_IN_MEMORY] : []),
    ],
    notes: config.notes,
  }
}

const NO_FILE: ZooConfig = { options: {}, ensemble: { servers: new Map(), security: {}, at: new Map() }, warnings: [], notes: [] }

type OtherFlags = Omit<
  ServerFlags,
  'inMemory' | 'json' | 'logLevel' | 'logFormat' | 'adminPort' | 'metricsPort' | 'dataDir' | 'port' | 'securePort'
>

function splitFlags(all: OtherFlags): {
  readonly ensembleFlags: EnsembleFlags
  readonly flags: Omit<OtherFlags, keyof EnsembleFlags>
} {
  const {
    server,
    peerHost,
    peerSecretFile,
    peerTlsCertFile,
    peerTlsKeyFile,
    peerTlsCaFile,
    allowPlainPeers,
    heartbeatMs,
    electionMs,
    initialize,
    ...flags
  } = all
  const ensembleFlags = present({
    server,
    peerHost,
    peerSecretFile,
    peerTlsCertFile,
    peerTlsKeyFile,
    peerTlsCaFile,
    allowPlainPeers,
    heartbeatMs,
    electionMs,
    initialize,
  })
  return { ensembleFlags, flags }
}

function orNull(port: number | 'off' | null): number | null {
  return port === 'off' ? null : port
}

/** What a flag says about a port, if it says anything. */
function portOption(name: 'port' | 'securePort', value: number | 'off' | undefined): ServerOptions {
  return value === undefined ? {} : { [name]: orNull(value) }
}

/** A folder, or `null` for memory. --data-dir and --in-memory contradict each other; the one from the stronger source wins. */
function chooseDataDir(command: Command, fromFile: string | undefined): string | null {
  const { inMemory, dataDir } = command.opts<ServerFlags>()
  if (inMemory !== true) return dataDir ?? fromFile ?? DEFAULT_DATA_DIR
  if (dataDir === undefined) return null
  const memorySource = command.getOptionValueSource('inMemory')
  const folderSource = command.getOptionValueSource('dataDir')
  if (memorySource !== folderSource) return memorySource === 'cli' ? null : dataDir
  return command.error('error: --data-dir and --in-memory contradict each other: give one of them')
}
