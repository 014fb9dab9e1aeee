// Debian's Apache ZooKeeper as a process: the judge of whether a script is right.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exited } from './child-process.ts'
import { ZOOKEEPER_JAR } from './requirements.ts'
import type { RunningServer } from './servers.ts'

const START_LIMIT_MS = 60_000
const PROBE_LIMIT_MS = 2000
const PROBE_PAUSE_MS = 100

/** Resolves when it answers `ruok`. Sessions last two ticks at least. */
export async function startApacheZooKeeper({ tickTimeMs = 2000 }: { tickTimeMs?: number } = {}): Promise<RunningServer> {
  const home = await mkdtemp(join(tmpdir(), 'zookeeper-interop-'))
  const port = await freePort()
  await mkdir(join(home, 'data'))
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
    ].join('\n'),
  )
  // Read as a Java property, not from the file.
  const properties = ['-Dznode.container.checkIntervalMs=500', '-Xmx512m']
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const child = spawn('java', [...properties, '-cp', ZOOKEEPER_JAR, main, join(home, 'zoo.cfg')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited(child)
    await rm(home, { recursive: true, force: true })
  }
  const deadline = Date.now() + START_LIMIT_MS
  while ((await fourLetters(port)) !== 'imok') {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`Apache ZooKeeper did not start:\n${log}`)
    }
  }
  return { hosts: `127.0.0.1:${port}`, stop }
}

/**
 * A port that nobody listens on, below the range that systems give to outgoing connections: one from that range could be given to the
 * probe itself, which would then be connected to itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The answer to `ruok`, empty while there is none. */
function fourLetters(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write('ruok'))
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.setTimeout(PROBE_LIMIT_MS, () => socket.destroy())
    socket.on('error', () => {})
    // Refused while nobody listens: ask again a moment later.
    socket.once('close', () => (text === '' ? setTimeout(() => resolve(text), PROBE_PAUSE_MS) : resolve(text)))
  })
}
