// Debian's Apache ZooKeeper as a process: the judge of whether a script is right.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fourLetters } from '../../support/four-letters.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import { exited } from './child-process.ts'
import { ZOOKEEPER_JAR } from './requirements.ts'
import type { RunningServer } from './servers.ts'

const START_LIMIT_MS = 60_000
const PROBE_LIMIT_MS = 2000
const PROBE_PAUSE_MS = 100

/** How one is started. */
export interface ApacheOptions {
  readonly port: number
  /** Sessions last two ticks at least. Default 2,000. */
  readonly tickTimeMs?: number
  /** Further lines of zoo.cfg. */
  readonly lines?: readonly string[]
  /** Java system properties, as `name=value`. */
  readonly properties?: readonly string[]
  /** Further jars, which Debian's does not name. */
  readonly jars?: readonly string[]
}

/** A ZooKeeper process on a folder of its own, which it leaves behind when it ends. */
export interface ApacheProcess {
  readonly hosts: string
  /** Ends it as a crash of the process would. */
  kill(): Promise<void>
}

/** Resolves when it answers `ruok`. */
export async function startApacheZooKeeper(options: Omit<ApacheOptions, 'port'> = {}): Promise<RunningServer> {
  const home = await mkdtemp(join(tmpdir(), 'zookeeper-interop-'))
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true })
  try {
    const { hosts, kill } = await startApacheZooKeeperIn(home, { ...options, port: await reservedPort() })
    return {
      hosts,
      async stop() {
        await kill()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Starts one whose data lies in `home`/data. Resolves when it answers `ruok`. */
export async function startApacheZooKeeperIn(
  home: string,
  { port, tickTimeMs = 2000, lines = [], properties = [], jars = [] }: ApacheOptions,
): Promise<ApacheProcess> {
  await mkdir(join(home, 'data'), { recursive: true })
  await writeFile(
    join(home, 'zoo.cfg'),
    [
      `tickTime=${tickTimeMs}`,
      `dataDir=${join(home, 'data')}`,
      `clientPort=${port}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      '4lw.commands.whitelist=*',
      'maxClientCnxns=0',
      'extendedTypesEnabled=true',
      ...lines,
    ].join('\n'),
  )
  // Read as a Java property, not from the file.
  const flags = ['znode.container.checkIntervalMs=500', ...properties].map((property) => `-D${property}`)
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const child = spawn('java', [...flags, '-Xmx512m', '-cp', [ZOOKEEPER_JAR, ...jars].join(':'), main, join(home, 'zoo.cfg')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited(child)
  }
  const deadline = Date.now() + START_LIMIT_MS
  while (!(await isServing(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await kill()
      throw new Error(`Apache ZooKeeper did not start:\n${log}`)
    }
  }
  return { hosts: `127.0.0.1:${port}`, kill }
}

/** Whether it serves. A moment later if it does not: it will be asked again. */
async function isServing(port: number): Promise<boolean> {
  const answer = await fourLetters({ host: '127.0.0.1', port }, 'ruok', PROBE_LIMIT_MS).catch(refused)
  if (answer === 'imok') return true
  await sleep(PROBE_PAUSE_MS)
  return false
}

function refused(error: unknown): string {
  if (error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(String(error.code))) return ''
  throw error
}
