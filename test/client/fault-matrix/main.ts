// fault matrix: the command. Every fault at every message, on this package's server, on Apache ZooKeeper, or on any server.

import { parseArgs } from 'node:util'
import { startTestServer } from '../../../core/testing/index.ts'
import { startApacheZooKeeper } from '../../interop/support/apache-zookeeper.ts'
import { type CellResult, cells, FaultMatrix, type MatrixTarget } from './matrix.ts'

const USAGE = `Usage: npm run fault-matrix -- [options]

  --server own|zookeeper|HOST:PORT   what to run against (default own); needs mntr and sessions of 1.5 s
  --only FAULT:MESSAGE               one cell, to repeat it
  --step N                           every N-th cell only (default 1)
  --json                             results on stdout, one line each
`

interface Started {
  readonly target: MatrixTarget
  stop(): Promise<void>
}

async function start(server: string): Promise<Started> {
  if (server === 'own') {
    const own = await startTestServer()
    return { target: { host: own.host, port: own.port }, stop: () => own.close() }
  }
  const running = server === 'zookeeper' ? await startApacheZooKeeper({ tickTimeMs: 200 }) : { hosts: server, stop: async () => undefined }
  const colon = running.hosts.lastIndexOf(':')
  return { target: { host: running.hosts.slice(0, colon), port: Number(running.hosts.slice(colon + 1)) }, stop: running.stop }
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: 'own' },
      only: { type: 'string' },
      step: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const started = await start(values.server)
  const results: CellResult[] = []
  const startedMs = performance.now()
  try {
    await using matrix = await FaultMatrix.open(started.target)
    const messages = await matrix.messages()
    const all = cells(messages, Number(values.step)).filter(
      ({ fault, message }) => (values.only ?? `${fault}:${message}`) === `${fault}:${message}`,
    )
    for (const [i, cell] of all.entries()) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${i + 1} of ${all.length}: ${cell.fault} at message ${cell.message}`)
      const result = await matrix.run(cell)
      results.push(result)
      if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
      for (const problem of result.problems) process.stderr.write(`\n${cell.fault}:${cell.message}  ${problem}\n`)
    }
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    const bad = results.filter(({ problems }) => problems.length > 0)
    const met = results.filter(({ happened }) => happened).length
    const unknown = results.reduce((sum, result) => sum + result.unknown, 0)
    const text = `${results.length} cells (${messages} messages), ${met} faults happened, ${unknown} unknown outcomes, ${bad.length} cells with problems, ${Math.round((performance.now() - startedMs) / 1000)} s`
    if (!values.json) process.stdout.write(`${text}\n`)
    return bad.length === 0 && results.length > 0 ? 0 : 1
  } finally {
    await started.stop()
  }
}

process.exit(await run())
