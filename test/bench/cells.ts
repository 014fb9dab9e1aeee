// bench: the cells: what is measured, under which name.

import type { Mix } from './job.ts'

export type Cell =
  | {
      readonly type: 'closed'
      readonly id: string
      readonly group: string
      readonly mix: Mix
      readonly connections: number
      readonly inFlight: number
    }
  | {
      readonly type: 'open'
      readonly id: string
      readonly group: string
      readonly mix: Mix
      readonly connections: number
      readonly ratePerSec: number
    }
  | { readonly type: 'connect'; readonly id: string; readonly group: string; readonly lanes: number }
  | { readonly type: 'memory'; readonly id: string; readonly group: string; readonly what: 'session' | 'znode' }

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
    group,
    mix,
    connections,
    inFlight,
  }))
}

function open(mix: Mix, ratePerSec: number): Cell {
  return { type: 'open', id: `open-${mix}-${ratePerSec}`, group: 'open', mix, connections: OPEN_CONNECTIONS, ratePerSec }
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
  { type: 'connect', id: 'connect-close', group: 'connects', lanes: CONNECT_LANES },
  { type: 'memory', id: 'memory-session', group: 'memory', what: 'session' },
  { type: 'memory', id: 'memory-znode', group: 'memory', what: 'znode' },
]

/** What a quick run leaves out: the shapes between the extremes, but for reads and writes. */
const QUICK_LEAVES_OUT = /^(mixed|create|multi)-c(1|16)k1$/

/** The cells named by `only` (groups or single cells; empty: all). Throws on a name that is neither. */
export function chooseCells(only: readonly string[], quick: boolean): Cell[] {
  for (const name of only) {
    if (!CELLS.some(({ id, group }) => id === name || group === name)) {
      const known = [...new Set(CELLS.map(({ group }) => group)), ...CELLS.map(({ id }) => id)]
      throw new Error(`--only: expected some of ${known.join(', ')}, got ${name}`)
    }
  }
  if (only.length > 0) return CELLS.filter(({ id, group }) => only.includes(id) || only.includes(group))
  return quick ? CELLS.filter(({ id }) => !QUICK_LEAVES_OUT.test(id)) : [...CELLS]
}
