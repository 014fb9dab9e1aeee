// This package's server as a process of its own, started through its command.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exited } from './child-process.ts'
import type { RunningServer } from './servers.ts'

const { INTEROP_CLI } = process.env
/** The built command; another build can be named for development. */
export const CLI_PATH: string = INTEROP_CLI ?? fileURLToPath(new URL('../../../dist/core/cli/main.js', import.meta.url))

/** Starts one on a folder of its own, which goes with it. Resolves when the process has said that it listens. */
export async function startZoarium(): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zoarium-interop-'))
  const { hosts, stop } = await startZoariumOn(dataDir, 0)
  return {
    hosts,
    async stop() {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Starts one on a data directory, which it leaves behind. */
export async function startZoariumOn(dataDir: string, port: number, env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const flags = [
    '--port',
    String(port),
    '--json',
    '--data-dir',
    dataDir,
    '--four-letter-words',
    '*',
    '--container-check-interval-ms',
    '500',
  ]
  const child = spawn(process.execPath, [CLI_PATH, 'server', ...flags, '--max-connections-per-address', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const listening = await listeningPort(child, () => log)
  return {
    hosts: `127.0.0.1:${listening}`,
    async stop() {
      child.kill('SIGTERM')
      const code = await exited(child)
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${log}`)
    },
  }
}

function listeningPort(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end < 0) return
      const event: unknown = JSON.parse(text.slice(0, end))
      if (typeof event === 'object' && event !== null && 'port' in event && typeof event.port === 'number') resolve(event.port)
      else reject(new Error(`the server's first line is no listening event: ${text}`))
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened:\n${log()}`)))
  })
}
