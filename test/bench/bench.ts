// bench: what a run has at hand, and its rule of turns.

import type { Cell } from './cells.ts'
import type { Belongings } from './cleanup.ts'
import type { LoadFleet } from './load-fleet.ts'
import type { Sample } from './measure.ts'
import type { BenchOptions } from './options.ts'
import type { Peer } from './peers.ts'
import type { Progress } from './progress.ts'
import type { CellResult } from './report.ts'

export interface Bench {
  readonly options: BenchOptions
  readonly peers: readonly Peer[]
  readonly belongings: Belongings
  readonly load: LoadFleet
  readonly progress: Progress
}

/** Says which server an error belongs to. */
export async function onPeer<T>(cell: string, peer: Peer, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${cell} on ${peer.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Runs `measure` on every peer in turn, `rounds` times: A B A B. */
export async function alternate(
  bench: Bench,
  cell: Cell,
  rounds: number,
  measure: (peer: Peer, index: number) => Promise<Sample>,
): Promise<CellResult> {
  const samples: Sample[][] = bench.peers.map(() => [])
  for (let round = 1; round <= rounds; round++) {
    for (const [index, peer] of bench.peers.entries()) {
      bench.progress.step(`${cell.id}, round ${round}, ${peer.name}`)
      samples[index]?.push(await onPeer(cell.id, peer, () => measure(peer, index)))
    }
  }
  return { cell, peers: bench.peers.map(({ name }, index) => ({ peer: name, samples: samples[index] ?? [] })) }
}
