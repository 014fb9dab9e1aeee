// Seeds that are lived in every test run.

import type { ScenarioName } from './scenarios.ts'

/** Drawn scenarios; the life itself draws which. */
export const FEW = [2, 3] as const

/** What the simulation found. Six of them: a test run has few seconds, and each bug has a small test of its own (test/recipes/found-by-simulation.test.ts). */
export const FAILED_ONCE: readonly { readonly seed: number; readonly scenario: ScenarioName; readonly why: string }[] = [
  { seed: 6, scenario: 'treeCache', why: 'a znode was missing that one transaction had deleted and made again while it was read' },
  { seed: 363, scenario: 'treeCache', why: 'a snapshot showed an absence that is later than its maxZxid' },
  { seed: 445, scenario: 'leaderElection', why: 'a campaign ended while its place was being replaced, and the new znode stayed' },
  { seed: 20, scenario: 'leaderElection', why: 'an offer to go ahead stayed that was made while the campaign ended' },
  {
    seed: 21785,
    scenario: 'counter',
    why: 'a session expired whose client believed: its server fell before it could tell that it had heard it, and came back',
  },
  { seed: 401, scenario: 'queue', why: 'an item stayed claimed by a holder that had lost it by its clock' },
]

export const TROUBLE_MS = 3000
