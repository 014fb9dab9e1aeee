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

/** Says which server or client an error belongs to. */
export async function onPeer<T>(cell: string, party: { readonly name: string }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${cell} on ${party.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Runs `measure` on every party in turn, `rounds` times: A B A B. */
export async function takeTurns<T extends { readonly name: string }>(
  bench: Bench,
  cell: Cell,
  rounds: number,
  parties: readonly T[],
  measure: (party: T, index: number) => Promise<Sample>,
): Promise<CellResult> {
  const samples: Sample[][] = parties.map(() => [])
  for (let round = 1; round <= rounds; round++) {
    for (const [index, party] of parties.entries()) {
      bench.progress.step(`${cell.id}, round ${round}, ${party.name}`)
      samples[index]?.push(await onPeer(cell.id, party, () => measure(party, index)))
    }
  }
  return { cell, peers: parties.map(({ name }, index) => ({ peer: name, samples: samples[index] ?? [] })) }
}

/** {@link takeTurns} on every server. */
export function alternate(
  bench: Bench,
  cell: Cell,
  rounds: number,
  measure: (peer: Peer, index: number) => Promise<Sample>,
): Promise<CellResult> {
  return takeTurns(bench, cell, rounds, bench.peers, measure)
}
