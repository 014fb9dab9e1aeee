// server: from what was found on disk to a member of an ensemble: identity, links to the others, and the wait until the ensemble is formed.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Disk } from '../storage/disk.ts'
import { LOG_FOLDER } from '../storage/log-format.ts'
import type { Recovered } from '../storage/log-store.ts'
import { RealDisk } from '../storage/real-disk.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { EnsembleMember } from './ensemble-member.ts'
import { IdentityFile, readIdentity, refuseMemberData } from './identity-file.ts'
import type { ResolvedServerOptions } from './options.ts'
import { removeOldSpools } from './snapshot-spool.ts'
import type { OnStartProgress } from './start-progress.ts'

/** What a server begins with. */
interface Found {
  /** `null` for a server in memory. */
  readonly disk: Disk | null
  readonly recovered: Recovered | null
  /** The state of the recovered snapshot. */
  readonly tree: StateMachine
}

interface Joining {
  readonly signal: AbortSignal | null
  readonly onProgress: OnStartProgress
  /** Hears why the server belongs to no ensemble yet. */
  readonly onWaiting: (why: string) => void
}

/**
 * Whether what cannot be read any more in the data directory can be had from others: it is that of a server of an ensemble that was formed. The directory
 * may be in use still; nothing is changed.
 */
export async function peersHoldData({ ensemble, dataDir }: ResolvedServerOptions): Promise<boolean> {
  if (ensemble === null || dataDir === null || ensemble.servers.length === 1 || !existsSync(join(dataDir, LOG_FOLDER))) return false
  const identity = await readIdentity(new RealDisk(dataDir))
  return identity !== null && identity.founders !== null
}

/** This server among its peers, once it belongs to an ensemble; `null` for a server alone. */
export async function joinEnsemble(
  { ensemble, serverId, dataDir, logger }: ResolvedServerOptions,
  { disk, recovered, tree }: Found,
  { signal, onProgress, onWaiting }: Joining,
): Promise<EnsembleMember | null> {
  if (ensemble === null) {
    if (disk !== null) await refuseMemberData(disk)
    return null
  }
  if (dataDir !== null) await removeOldSpools(dataDir)
  const ids = ensemble.servers.map((server) => server.serverId)
  const identity = await IdentityFile.open(disk, serverId, ids)
  const seed = identity.founders === null ? seedOf(recovered, tree) : ''
  const member = await EnsembleMember.open({ ensemble, dataDir, identity, seed, logger })
  try {
    await member.formed(signal, (verdict) => {
      const missing = verdict.type === 'waiting' ? verdict.missing : []
      if (verdict.type === 'waiting') onWaiting(`the server belongs to no ensemble yet: it waits for server ${missing.join(', ')}`)
      if (verdict.type === 'refused') onWaiting(`the server belongs to no ensemble: ${verdict.problems.join('; ')}`)
      onProgress({ phase: 'ensemble', done: ids.length - missing.length, total: ids.length, missing })
    })
  } catch (error) {
    await member.close()
    throw error
  }
  return member
}

/** Servers that begin with equal data may form an ensemble with it: a restored snapshot, the copied directory of a server that ran alone. */
function seedOf(recovered: Recovered | null, tree: StateMachine): string {
  const snapshot = recovered?.snapshot?.meta ?? null
  const last = recovered?.entries.at(-1) ?? null
  if (snapshot === null && last === null) return ''
  const log = createHash('sha256')
  for (const { payload } of recovered?.entries ?? []) log.update(payload)
  return [snapshot?.index ?? 0, last?.index ?? 0, last?.term ?? snapshot?.term ?? 0, tree.digest(), log.digest('hex')].join(' ')
}
