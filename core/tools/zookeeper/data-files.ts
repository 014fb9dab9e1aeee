// tools: the files of a ZooKeeper server, by name.
//
//   <data dir>/version-2/snapshot.<zxid, hex>[.gz | .snappy]
//   <log dir>/version-2/log.<zxid of the first record, hex>
//   <data dir>/version-2/currentEpoch, acceptedEpoch        text; members of an ensemble only

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZoariumError } from '../../errors.ts'

const VERSION_FOLDER = 'version-2'

export type Compression = 'none' | 'gzip' | 'snappy'

export interface SnapshotFile {
  readonly path: string
  readonly zxid: number
  readonly compression: Compression
}

export interface LogFile {
  readonly path: string
  /** Of its first record. */
  readonly zxid: number
}

/** What was found. */
export interface DataFiles {
  /** Newest first. */
  readonly snapshots: readonly SnapshotFile[]
  /** Oldest first. */
  readonly logs: readonly LogFile[]
  /** The latest epoch that the server took part in or agreed to; 0 for a standalone server. */
  readonly epoch: number
}

/** Lists the files of a server. `logDir` is `dataLogDir` of its zoo.cfg, if it had one. */
export async function findDataFiles(dataDir: string, logDir: string | undefined): Promise<DataFiles> {
  const dataFolder = join(dataDir, VERSION_FOLDER)
  const logFolder = join(logDir ?? dataDir, VERSION_FOLDER)
  const dataNames = await namesIn(dataFolder)
  const logNames = logFolder === dataFolder ? dataNames : await namesIn(logFolder)

  const snapshots: SnapshotFile[] = []
  for (const name of dataNames) {
    const match = /^snapshot\.([0-9a-f]{1,16})(\.gz|\.snappy)?$/.exec(name)
    if (match === null) continue
    const compression = match[2] === '.gz' ? 'gzip' : match[2] === '.snappy' ? 'snappy' : 'none'
    snapshots.push({ path: join(dataFolder, name), zxid: Number.parseInt(match[1] as string, 16), compression })
  }
  const logs: LogFile[] = []
  for (const name of logNames) {
    const match = /^log\.([0-9a-f]{1,16})$/.exec(name)
    if (match !== null) logs.push({ path: join(logFolder, name), zxid: Number.parseInt(match[1] as string, 16) })
  }
  snapshots.sort((a, b) => b.zxid - a.zxid)
  logs.sort((a, b) => a.zxid - b.zxid)
  const epoch = Math.max(await epochIn(join(dataFolder, 'currentEpoch')), await epochIn(join(dataFolder, 'acceptedEpoch')))
  return { snapshots, logs, epoch }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `${folder} cannot be read; expected the folder that dataDir or dataLogDir of zoo.cfg names`, {
      cause: error,
    })
  }
}

async function epochIn(path: string): Promise<number> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw new ZoariumError('ERR_STORAGE', `${path} cannot be read`, { cause: error })
  }
  if (!/^\d{1,10}\s*$/.test(text))
    throw new ZoariumError('ERR_STORAGE', `${path}: expected a number, got ${JSON.stringify(text.slice(0, 20))}`)
  return Number(text)
}
