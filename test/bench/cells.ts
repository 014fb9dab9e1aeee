// bench: the cells: what is measured, under which name.

import type { ClientWorkKind } from './client-job.ts'
import type { Mix } from './job.ts'

export type Cell =
  | {
      readonly type: 'closed'
      readonly id: string
      readonly groups: readonly string[]
      readonly mix: Mix
      readonly connections: number
      readonly inFlight: number
      /** On an ensemble of three; connections go round its servers. */
      readonly ensemble?: true
    }
  | {
      readonly type: 'open'
      readonly id: string
      readonly groups: readonly string[]
      readonly mix: Mix
      readonly connections: number
      readonly ratePerSec: number
      readonly ensemble?: true
    }
  | {
      readonly type: 'connect'
      readonly id: string
      readonly groups: readonly string[]
      readonly lanes: number
      readonly ensemble?: true
    }
  | { readonly type: 'memory'; readonly id: string; readonly groups: readonly string[]; readonly what: 'session' | 'znode' }
  | ScaleCell
  | ClientCell

/** What the clients cost that are measured beside each other. The figures of each are named in client-rows.ts. */
export type ClientCell = { readonly type: 'client'; readonly id: string; readonly groups: readonly string[] } & (
  | { readonly what: 'load'; readonly kind: ClientWorkKind; readonly inFlight: number }
  | { readonly what: 'watches' }
)

/** The cells whose figures come from load on a server, or from what a server holds. */
export type ServerCell = Exclude<Cell, ScaleCell | ClientCell>

/** What is asked of a server with a million znodes, and what goes with it. The figures of each are named in scale-rows.ts. */
export interface ScaleCell {
  readonly type: 'scale'
  readonly id: ScaleCellId
  readonly groups: readonly string[]
}

export type ScaleCellId =
  | 'start-empty'
  | 'load-million'
  | 'memory-million'
  | 'start-million'
  | 'snapshot-under-load'
  | 'load-flat'
  | 'idle-sessions'
  | 'disk-bound'

const SHAPES = [
  { connections: 1, inFlight: 1 },
  { connections: 16, inFlight: 1 },
  { connections: 16, inFlight: 16 },
] as const

const OPEN_CONNECTIONS = 16
const CONNECT_LANES = 16

function closed(group: string, mix: Mix): Cell[] {
  return SHAPES.map(({ connections, inFlight }) => ({
    type: 'closed',
    id: `${mix}-c${connections}k${inFlight}`,
    groups: [group],
    mix,
    connections,
    inFlight,
  }))
}

function ensembleLoad(mix: Mix, connections: number, inFlight: number): Cell {
  return {
    type: 'closed',
    id: `ensemble-${mix}-c${connections}k${inFlight}`,
    groups: ['ensemble'],
    mix,
    connections,
    inFlight,
    ensemble: true,
  }
}

function open(mix: Mix, ratePerSec: number): Extract<Cell, { type: 'open' }> {
  return { type: 'open', id: `open-${mix}-${ratePerSec}`, groups: ['open'], mix, connections: OPEN_CONNECTIONS, ratePerSec }
}

function scale(id: ScaleCellId, ...groups: string[]): ScaleCell {
  return { type: 'scale', id, groups: ['million', ...groups] }
}

function client(kind: ClientWorkKind, inFlight: number): ClientCell {
  return { type: 'client', id: `client-${kind}-k${inFlight}`, groups: ['clients'], what: 'load', kind, inFlight }
}

/** Every cell, in the order in which they run. */
export const CELLS: readonly Cell[] = [
  ...closed('reads', 'read'),
  ...closed('writes', 'write'),
  ...closed('mixed', 'mixed'),
  ...closed('creates', 'create'),
  ...closed('multis', 'multi'),
  open('read', 8000),
  open('write', 4000),
  { type: 'connect', id: 'connect-close', groups: ['connects'], lanes: CONNECT_LANES },
  { type: 'memory', id: 'memory-session', groups: ['memory'], what: 'session' },
  { type: 'memory', id: 'memory-znode', groups: ['memory'], what: 'znode' },
  scale('start-empty'),
  scale('load-million'),
  scale('memory-million', 'memory'),
  scale('start-million'),
  scale('snapshot-under-load'),
  scale('load-flat'),
  scale('idle-sessions', 'memory'),
  scale('disk-bound'),
  ensembleLoad('write', 1, 1),
  ensembleLoad('write', 16, 1),
  ensembleLoad('write', 16, 4),
  ensembleLoad('write', 16, 16),
  ensembleLoad('read', 16, 16),
  ensembleLoad('mixed', 16, 16),
  { ...open('write', 4000), id: 'ensemble-open-write-4000', groups: ['ensemble'], ensemble: true },
  { type: 'connect', id: 'ensemble-connect-close', groups: ['ensemble'], lanes: CONNECT_LANES, ensemble: true },
  client('read', 1),
  client('read', 16),
  client('read', 64),
  client('read', 256),
  client('write', 1),
  client('write', 64),
  client('create', 64),
  { type: 'client', id: 'client-watches', groups: ['clients'], what: 'watches' },
]

/** What a quick run leaves out: shapes between the extremes, but for reads and writes, and what is information only. */
const QUICK_LEAVES_OUT = /^((mixed|create|multi)-c(1|16)k1|client-(read-k16|read-k256|write-k1))$/

/** A quick run has no cells of the scale of a million znodes unless they are asked for by name; then they are smaller. */
function isQuick(cell: Cell): boolean {
  return cell.type !== 'scale' && !QUICK_LEAVES_OUT.test(cell.id)
}

/** The cells named by `only` (groups or single cells; empty: all). Throws on a name that is neither. */
export function chooseCells(only: readonly string[], quick: boolean): Cell[] {
  for (const name of only) {
    if (!CELLS.some(({ id, groups }) => id === name || groups.includes(name))) {
      const known = [...new Set(CELLS.flatMap(({ groups }) => groups)), ...CELLS.map(({ id }) => id)]
      throw new Error(`--only: expected some of ${known.join(', ')}, got ${name}`)
    }
  }
  if (only.length > 0) return CELLS.filter(({ id, groups }) => [id, ...groups].some((name) => only.includes(name)))
  return quick ? CELLS.filter(isQuick) : [...CELLS]
}
