// bench: the command line.

import { statfsSync } from 'node:fs'
import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly quick: boolean
  readonly json: string | null
  readonly only: readonly string[]
  readonly rounds: number
  /** Rounds of the cells of the scale of a million znodes. */
  readonly scaleRounds: number
  /** How many znodes those cells load. */
  readonly znodes: number
  /** Rounds of the cells of the clients. */
  readonly clientRounds: number
  readonly seconds: number
  /** What runs beside our server: Apache ZooKeeper, nothing, or a command line with `{port}` and `{dir}` in it. */
  readonly peer: string
  readonly withOurs: boolean
  readonly serverCommand: string | null
  readonly nodeOptions: readonly string[]
  readonly profile: string | null
  readonly dir: string
  readonly generators: number
  readonly warmUp: boolean
}

/** What the million group loads when nothing else is said. */
export const FULL_ZNODES = 1_000_000

export const USAGE = `Usage: npm run bench -- [options]

  --quick               fewer cells, shorter windows, fewer znodes
  --only a,b            groups (reads, writes, mixed, creates, multis, open, connects, memory, million,
                        ensemble, clients)
                        or single cells (read-c16k16)
  --rounds N            measurements of each cell and server, alternating (default 3, quick 2; million 2, quick 1;
                        clients 7, quick 3)
  --znodes N            znodes of the million group, for a smaller trial (default 1000000, quick 100000)
  --seconds S           measured window (default 4, quick 2)
  --peer zookeeper|none|CMD  what to run beside our server (default zookeeper); {port} and {dir} are filled in, so that
                        another build of this server or other options of node can be compared
  --no-ours             run the peer alone
  --json FILE           all samples as JSON
  --server-command CMD  start our server so; {port} and {dir} are filled in
  --node-option OPT     an option of node for our server, may be repeated
  --profile DIR         start our server with --cpu-prof, write the profile to DIR and show its hottest functions; with cells of the
                        clients the same of our client, in DIR/client
  --dir DIR             parent of the data folders (default /var/tmp); must be on a real disk
  --generators N        load processes (default 1)
  --no-warm-up          skip the load before the first cell
  --help
`

const TMPFS_MAGIC = 0x01021994

function integer(name: string, text: string | undefined, fallback: number, min: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < min) throw new Error(`--${name}: expected an integer from ${min} on, got ${text}`)
  return value
}

function seconds(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!(value > 0 && value <= 3600)) throw new Error(`--seconds: expected a number above 0 and up to 3600, got ${text}`)
  return value
}

function realDisk(dir: string): string {
  if (statfsSync(dir).type === TMPFS_MAGIC) throw new Error(`--dir: ${dir} is in memory (tmpfs); durable writes need a real disk`)
  return dir
}

/** Reads the command line; null when help was asked for. Throws with a message for the user. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      znodes: { type: 'string' },
      seconds: { type: 'string' },
      peer: { type: 'string', default: 'zookeeper' },
      json: { type: 'string' },
      'server-command': { type: 'string' },
      'node-option': { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      dir: { type: 'string', default: '/var/tmp' },
      generators: { type: 'string' },
      ours: { type: 'boolean', default: true },
      'warm-up': { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  if (!['zookeeper', 'none'].includes(values.peer) && !values.peer.includes('{port}')) {
    throw new Error(`--peer: expected zookeeper, none or a command line with {port} in it, got ${values.peer}`)
  }
  if (values['server-command'] !== undefined && (values.profile !== undefined || values['node-option'].length > 0)) {
    throw new Error('--server-command: expected neither --node-option nor --profile beside it; put the options into the command')
  }
  return {
    quick: values.quick,
    json: values.json ?? null,
    only: values.only === undefined ? [] : values.only.split(',').filter((name) => name !== ''),
    rounds: integer('rounds', values.rounds, values.quick ? 2 : 3, 1),
    scaleRounds: integer('rounds', values.rounds, values.quick ? 1 : 2, 1),
    clientRounds: integer('rounds', values.rounds, values.quick ? 3 : 7, 1),
    znodes: integer('znodes', values.znodes, values.quick ? 100_000 : FULL_ZNODES, 1000),
    seconds: seconds(values.seconds, values.quick ? 2 : 4),
    peer: values.peer,
    withOurs: values.ours,
    serverCommand: values['server-command'] ?? null,
    nodeOptions: values['node-option'],
    profile: values.profile ?? null,
    dir: realDisk(values.dir),
    generators: integer('generators', values.generators, 1, 1),
    warmUp: values['warm-up'],
  }
}
