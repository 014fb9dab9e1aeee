// overload: `npm run overload -- --seconds 600`: floods a server of its own from another process, measures what fair clients and newcomers get meanwhile, and
// samples the server's memory. Ends with 1 if the server ends, somebody fails or waits too long, or memory grows too far: verdict.ts.

import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect } from '../../../core/index.ts'
import type { Histogram } from '../../bench/histogram.ts'
import { cpuSeconds, peakResidentBytes, residentBytes } from '../../bench/proc-stat.ts'
import { FairClients } from './fair-clients.ts'
import { FLOOD_PATHS, type FloodCounts, type FloodOptions } from './flood.ts'
import { Newcomers } from './newcomers.ts'
import { boundsFor, shortcomings } from './verdict.ts'

const CLI = fileURLToPath(new URL('../../../core/cli/main.js', import.meta.url))
const FLOOD = fileURLToPath(new URL('./flood-process.js', import.meta.url))
const MIB = 1 << 20
const SAMPLE_MS = 1000

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    connections: { type: 'string', default: '2000' },
    fair: { type: 'string', default: '10' },
  },
})
const seconds = Number(flags.seconds)
const connections = Number(flags.connections)
const fairCount = Number(flags.fair)
const bounds = boundsFor(connections)

interface Server {
  readonly child: ChildProcess
  readonly port: number
  readonly log: () => string
}

async function startServer(dataDir: string): Promise<Server> {
  const args = ['server', '--port', '0', '--json', '--data-dir', dataDir, '--max-connections-per-address', '0', '--four-letter-words', '*']
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)))
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (line: string) => resolve((JSON.parse(line) as { port: number }).port))
    child.once('exit', () => reject(new Error(`the server did not start:\n${log}`)))
  })
  return { child, port, log: () => log }
}

/** Lines of `mntr` that say what was refused. */
function refusals(port: number): Promise<string[]> {
  return new Promise((resolve) => {
    let text = ''
    const socket = dial(port, '127.0.0.1', () => socket.write('mntr'))
    socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text.split('\n').filter((line) => line.startsWith('zk_refused_'))))
  })
}

async function prepare(port: number): Promise<void> {
  const client = await connect(`127.0.0.1:${port}`)
  for (const path of FLOOD_PATHS) await client.create(path, Buffer.alloc(1000, 1))
  await client.close()
}

function latency(name: string, histogram: Histogram, tookSeconds: number): string {
  const ms = (percent: number): string => (histogram.percentile(percent) / 1000).toFixed(1)
  const rate = (histogram.count / tookSeconds).toFixed(1)
  return `${name}: ${histogram.count} (${rate}/s), p50 ${ms(50)} ms, p99 ${ms(99)} ms, longest ${(histogram.maxUs / 1000).toFixed(0)} ms`
}

async function run(): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zoarium-overload-'))
  const server = await startServer(dataDir)
  const { child, port } = server
  const pid = child.pid ?? 0
  let died = false
  child.once('exit', () => (died = true))
  try {
    await prepare(port)
    const fair = new FairClients()
    await fair.start(port, fairCount)
    const idleRss = residentBytes(pid)
    const share = (part: number): number => Math.floor(connections * part)
    const slowReaders = share(0.05)
    const silentReaders = share(0.05)
    const silentWatchers = share(0.01)
    const flooders = connections - slowReaders - silentReaders - silentWatchers
    const options: FloodOptions = { port, flooders, slowReaders, silentReaders, silentWatchers }
    const flood = fork(FLOOD, { stdio: 'inherit' })
    let counts: FloodCounts = { bytesSent: 0, bytesRead: 0, connected: 0, closed: 0 }
    flood.on('message', (message: FloodCounts) => (counts = message))
    flood.send(options)
    console.log(`${JSON.stringify(options)} for ${seconds} s; fair clients: ${fairCount}; server idle at ${(idleRss / MIB).toFixed(0)} MiB`)
    const newcomers = new Newcomers(port, bounds.longestMs)
    fair.run()
    newcomers.run()
    const startMs = performance.now()
    const startCpu = cpuSeconds(pid)
    const rss: number[] = []
    for (let second = 1; second <= seconds && !died; second++) {
      await delay(SAMPLE_MS)
      if (died) break
      rss.push(residentBytes(pid))
      if (second % 10 === 0) {
        const { bytesSent, bytesRead, connected, closed } = counts
        const mib = (bytes: number): string => (bytes / MIB).toFixed(0)
        console.log(
          `${second} s: rss ${mib(rss.at(-1) ?? 0)} MiB, flood sent ${mib(bytesSent)} read ${mib(bytesRead)} MiB, connected ${connected}, closed ${closed}, ` +
            `fair ${fair.reads.count + fair.writes.count} (p99 of writes ${(fair.writes.percentile(99) / 1000).toFixed(0)} ms), newcomers ${newcomers.waits.count} ` +
            `(longest ${(newcomers.waits.maxUs / 1000).toFixed(0)} ms), failed ${[...fair.failures.values()].reduce((a, b) => a + b, 0)}`,
        )
      }
    }
    const took = (performance.now() - startMs) / 1000
    if (!died) await Promise.all([fair.stop(), newcomers.stop()])
    flood.disconnect()
    if (died) console.log(`the server ended:\n${server.log()}`)
    else for (const line of await refusals(port)) console.log(line)
    const peak = died ? 0 : peakResidentBytes(pid)
    console.log(latency('fair writes', fair.writes, took))
    console.log(latency('fair reads', fair.reads, took))
    console.log(latency('newcomers', newcomers.waits, took))
    const mib = (bytes: number): string => (bytes / MIB).toFixed(0)
    const quarter = (n: number): string =>
      mib(Math.max(...rss.slice(Math.floor((rss.length * (n - 1)) / 4), Math.ceil((rss.length * n) / 4))))
    console.log(
      `rss: largest of each quarter ${[1, 2, 3, 4].map(quarter).join(', ')} MiB; peak ${mib(peak)} MiB, allowed ${mib(bounds.rssBytes)} MiB`,
    )
    if (!died) console.log(`server cpu: ${(cpuSeconds(pid) - startCpu).toFixed(0)} s in ${took.toFixed(0)} s`)
    const waits = new Map([
      ['fair writes', fair.writes],
      ['fair reads', fair.reads],
      ['newcomers', newcomers.waits],
    ])
    const found = shortcomings(bounds, waits, new Map([...fair.failures, ...newcomers.failures]), peak)
    for (const each of found) console.log(each)
    return !died && found.length === 0
  } finally {
    child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}

const good = await run()
console.log(good ? 'good' : 'NOT GOOD')
process.exit(good ? 0 : 1)
