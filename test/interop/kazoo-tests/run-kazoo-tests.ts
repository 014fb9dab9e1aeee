// Runs kazoo.tests with pytest, on servers that cluster.py starts, and reads what became of each test.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reservedPort } from '../../support/reserved-ports.ts'
import { exited } from '../support/child-process.ts'
import type { Outcome } from '../support/outcomes.ts'
import { PYTHON, ZOOKEEPER_JAR } from '../support/requirements.ts'
import { CLI_PATH } from '../support/zoarium-server.ts'

/** For all of them; they take two minutes. */
export const LIMIT_MS = 400_000
const PLUGIN_FOLDER = fileURLToPath(new URL('./', import.meta.url))
const ARGS = ['-m', 'pytest', '-p', 'no:cacheprovider', '-p', 'cluster', '-q', '-W', 'ignore', '--pyargs', 'kazoo.tests']
/** Of pytest: some tests failed, which the results tell. */
const SOME_FAILED = 1

export interface KazooOutcome extends Outcome {
  readonly module: string
}

/** `server` is 'zoarium', or anything else for Apache ZooKeeper. */
export async function runKazooTests(server: string): Promise<KazooOutcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kazoo-tests-'))
  try {
    const results = join(folder, 'results')
    const environment = {
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: PLUGIN_FOLDER,
      ZOOKEEPER_VERSION: '3.8.0',
      ZOOKEEPER_CLASSPATH: ZOOKEEPER_JAR,
      ZOOKEEPER_CLUSTER_SIZE: '1',
      ZOOKEEPER_PORT_OFFSET: String(await reservedPort()),
      INTEROP_SERVER: server,
      INTEROP_NODE: process.execPath,
      INTEROP_CLI: CLI_PATH,
      INTEROP_RESULTS: results,
    }
    await runPytest(folder, environment)
    const lines = (await readFile(results, 'utf8')).trim().split('\n')
    return lines.map((line) => JSON.parse(line) as KazooOutcome)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runPytest(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  // A process group of its own: the servers that kazoo.testing starts must not outlive the run.
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
  const child = spawn(PYTHON, ARGS, { cwd: folder, detached: true, stdio, env: { ...process.env, ...environment } })
  const timer = setTimeout(() => killGroup(child), LIMIT_MS)
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
  const code = await exited(child)
  clearTimeout(timer)
  killGroup(child)
  if (code !== 0 && code !== SOME_FAILED) throw new Error(`pytest ended with ${code}:\n${log}`)
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Everything in it has ended by itself.
  }
}
