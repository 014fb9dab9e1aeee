// server: reads ZooKeeper's configuration file zoo.cfg into the options of this server. Every key that ZooKeeper knows is honoured,
// ignored with a warning, or refused with the reason (docs/operations/zoo-cfg.md has the table); a key that nobody knows is an error.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { closestWord } from './closest-word.ts'
import { parseJavaProperties } from './java-properties.ts'
import type { ServerOptions } from './options.ts'
import { type Placed, settleAdminKeys } from './zoo-admin-keys.ts'
import { settleEnsembleKeys, type ZooEnsemble } from './zoo-ensemble-keys.ts'
import type { CollectedOptions } from './zoo-key.ts'
import { findZooKey, KNOWN_ZOO_KEYS } from './zoo-keys.ts'
import { settleSecurityKeys } from './zoo-security-keys.ts'
import { refuseValue } from './zoo-values.ts'

/** What a zoo.cfg says. */
export interface ZooConfig {
  readonly options: ServerOptions
  /** What it says of an ensemble: becomes options with the file myid and the flags. */
  readonly ensemble: ZooEnsemble
  /** One line for each setting that was understood but has no effect here; for the log. */
  readonly warnings: readonly string[]
  /** Lines for the log that ask for nothing. */
  readonly notes: readonly string[]
}

/** Told when nothing says where clients come to. */
export const LOOPBACK_ONLY = 'clientPortAddress is not set: listening on 127.0.0.1 only (ZooKeeper listens on every address)'

/** Reads the file at `path`. Rejects with `ERR_CONFIG` when it cannot be read or says something this server cannot do. */
export async function readZooConfig(path: string): Promise<ZooConfig> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZoariumError('ERR_CONFIG', `${path}: expected a readable configuration file, got: ${reason}`, { cause })
  }
  return parseZooConfig(text, path)
}

/** Reads the text of a zoo.cfg; `source` names it in messages. Throws `ERR_CONFIG` naming key, line, what was expected and what came. */
export function parseZooConfig(text: string, source: string): ZooConfig {
  const options: CollectedOptions = {}
  const warnings: string[] = []
  const lineOf = new Map<string, number>()
  const placed = new Map<string, Placed>()
  for (const { key, value, line } of parseJavaProperties(text)) {
    const at = `${source}:${line}: ${key}`
    const found = findZooKey(key)
    if (found === null) throw new ZoariumError('ERR_CONFIG', `${at}: expected a key of zoo.cfg, got an unknown one${suggestion(key)}`)
    const before = lineOf.get(found.bare)
    if (before !== undefined) warnings.push(`${at}: set again, this line wins over line ${before}`)
    lineOf.set(found.bare, line)
    placed.set(found.bare, { value, at })
    const warning = found.key.read(value, at, options)
    if (warning !== null) warnings.push(`${at}: ${warning}`)
  }
  const dataLogDir = placed.get('dataLogDir')
  if (dataLogDir !== undefined) requireSameFolder(dataLogDir, options.dataDir)
  const { ensemble, warnings: ofEnsemble, notes } = settleEnsembleKeys(placed)
  warnings.push(...settleAdminKeys(placed, options), ...settleSecurityKeys(placed, options), ...ofEnsemble)
  requireOrderedTimeouts(options, lineOf, source)
  // A server's own line may say it, too: whoever knows which one that is tells.
  if (options.host === undefined && ensemble.servers.size === 0) {
    warnings.push(`${source}: ${LOOPBACK_ONLY}`)
  }
  return { options, ensemble, warnings, notes: notes.map((note) => `${source}: ${note}`) }
}

function requireSameFolder(dataLogDir: Placed, dataDir: string | undefined): void {
  if (dataDir !== undefined && resolve(dataLogDir.value) === resolve(dataDir)) return
  const expected = dataDir === undefined ? 'dataDir to be set to the same folder' : `the same folder as dataDir (${dataDir})`
  throw new ZoariumError(
    'ERR_CONFIG',
    `${dataLogDir.at}: expected ${expected}, got ${JSON.stringify(dataLogDir.value)}; log and snapshots share one folder here`,
  )
}

/** Told here with lines when both are in the file; against defaults and flags the options are validated later. */
function requireOrderedTimeouts(options: ServerOptions, lineOf: ReadonlyMap<string, number>, source: string): void {
  const { minSessionTimeoutMs: min, maxSessionTimeoutMs: max } = options
  if (min === undefined || max === undefined || min <= max) return
  const at = `${source}:${lineOf.get('minSessionTimeout')}: minSessionTimeout`
  throw refuseValue(at, `at most maxSessionTimeout (${max}, line ${lineOf.get('maxSessionTimeout')})`, String(min))
}

function suggestion(key: string): string {
  const closest = closestWord(key.replace(/^zookeeper\./, ''), KNOWN_ZOO_KEYS)
  return closest === null ? '' : `; did you mean ${closest}?`
}
