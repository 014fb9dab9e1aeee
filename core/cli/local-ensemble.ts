// cli: the folder of `zoarium ensemble start`: made at the first start, gone on with at later ones.
//
//   <dir>/1/zoo.cfg      settings of server 1, yours to change       <dir>/1/data/myid, log, snapshots
//   <dir>/1/server.log   what it logged, start after start           <dir>/2/...
//
// Ports stand in the files, so they are the same at every start: data directories know their ensemble by ids, clients by ports.

import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readAdminFile } from '../admin/admin-file.ts'
import { ZoariumError } from '../errors.ts'
import { readZooConfig } from '../server/zoo-config.ts'
import type { EnsembleStartFlags } from './ensemble-flags.ts'
import { freePorts, portProblem } from './free-ports.ts'

/** One server of the ensemble. */
export interface LocalServer {
  readonly id: number
  /** Where its files are. */
  readonly folder: string
  readonly dataDir: string
  readonly configFile: string
  readonly logFile: string
  readonly port: number
  /** `null` for a server alone. */
  readonly peerPort: number | null
}

const DEFAULT_SIZE = 3
const DEFAULT_PORT = 2181

/**
 * The servers of a folder, which is made if it is missing. Rejects with `ERR_CONFIG` when the flags say something else than the folder, or when a port is
 * taken.
 */
export async function localEnsemble({ dir, local, port }: EnsembleStartFlags): Promise<readonly LocalServer[]> {
  const root = resolve(dir)
  const found = await foundServers(root)
  const servers = found.length > 0 ? found : await newServers(root, local ?? DEFAULT_SIZE, port ?? DEFAULT_PORT)
  if (found.length > 0) requireSame(found, root, local, port)
  for (const server of servers) await requireFree(server)
  return servers
}

async function foundServers(root: string): Promise<LocalServer[]> {
  const names = existsSync(root) ? await readdir(root) : []
  const ids = names.filter((name) => /^\d+$/.test(name) && existsSync(join(root, name, 'zoo.cfg'))).map(Number)
  return Promise.all(ids.sort((a, b) => a - b).map((id) => foundServer(root, id)))
}

async function foundServer(root: string, id: number): Promise<LocalServer> {
  const place = placeOf(root, id)
  const { options, ensemble } = await readZooConfig(place.configFile)
  const { port } = options
  if (port == null || port === 0) throw new ZoariumError('ERR_CONFIG', `${place.configFile}: expected a clientPort, got none`)
  return { ...place, dataDir: resolve(place.folder, options.dataDir ?? 'data'), port, peerPort: ensemble.servers.get(id)?.peerPort ?? null }
}

function requireSame(found: readonly LocalServer[], root: string, size: number | undefined, port: number | undefined): void {
  if (size !== undefined && size !== found.length) {
    const expected = `--local ${found.length}, the servers that ${root} has, or another --dir`
    throw new ZoariumError('ERR_CONFIG', `--local: expected ${expected}, got ${size}`)
  }
  const [first] = found
  if (port !== undefined && port !== 0 && first !== undefined && port !== first.port) {
    throw new ZoariumError('ERR_CONFIG', `--port: expected ${first.port}, which ${first.configFile} says (change it there), got ${port}`)
  }
}

async function newServers(root: string, size: number, firstPort: number): Promise<LocalServer[]> {
  if (firstPort + size > 65_536) throw new ZoariumError('ERR_CONFIG', `--port: expected at most ${65_536 - size}, got ${firstPort}`)
  const chosen = firstPort === 0 ? [] : Array.from({ length: size }, (_, i) => firstPort + i)
  const free = await freePorts(2 * size, new Set(chosen))
  const servers = Array.from({ length: size }, (_, i): LocalServer => {
    const place = placeOf(root, i + 1)
    const port = chosen[i] ?? free[size + i] ?? 0
    return { ...place, dataDir: join(place.folder, 'data'), port, peerPort: size === 1 ? null : (free[i] ?? 0) }
  })
  // Before anything is written, so that another --port can be chosen for the same folder.
  for (const server of servers) await requireFree(server)
  for (const server of servers) await writeServer(server, servers)
  return servers
}

function placeOf(root: string, id: number): Pick<LocalServer, 'id' | 'folder' | 'configFile' | 'logFile'> {
  const folder = join(root, String(id))
  return { id, folder, configFile: join(folder, 'zoo.cfg'), logFile: join(folder, 'server.log') }
}

async function writeServer(server: LocalServer, servers: readonly LocalServer[]): Promise<void> {
  await mkdir(server.dataDir, { recursive: true, mode: 0o700 })
  await writeFile(join(server.dataDir, 'myid'), `${server.id}\n`)
  const lines = [
    `# Server ${server.id} of ${servers.length}, made by \`zoarium ensemble start\`. Settings may be changed while it is stopped.`,
    `dataDir=${server.dataDir.replaceAll('\\', '\\\\')}`,
    `clientPort=${server.port}`,
    'clientPortAddress=127.0.0.1',
    ...servers.flatMap(({ id, peerPort }) => (peerPort === null ? [] : [`server.${id}=127.0.0.1:${peerPort}`])),
  ]
  await writeFile(server.configFile, `${lines.join('\n')}\n`)
}

async function requireFree({ id, port, peerPort, dataDir, configFile }: LocalServer): Promise<void> {
  for (const [kind, wanted] of [
    ['client', port],
    ['peer', peerPort],
  ] as const) {
    const problem = wanted === null ? null : await portProblem(wanted)
    if (problem === null) continue
    const running = await readAdminFile(dataDir)
    const hint =
      running === null
        ? `--port or ${configFile} can name another`
        : `server ${id} of this folder may run already, as process ${running.pid}`
    throw new ZoariumError('ERR_CONFIG', `the ${kind} port of server ${id}: expected a free one, got ${wanted}: ${problem} (${hint})`)
  }
}
