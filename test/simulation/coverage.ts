// How often what is rare was seen: a campaign that never sees it says nothing about it.

import { count } from '../storage/campaign/command-line.ts'

/** What a long campaign must have seen. */
export const EXPECTED = [
  'leader',
  'leader killed',
  'leader paused',
  'leader isolated',
  'slow links',
  'flapping links',
  'out of sight',
  'unheard',
  'hand-overs',
  'doomed leaders',
  'handed over',
  'one-way cut',
  'power loss of all',
  'snapshot installed',
  'gave up',
  'unknown outcomes',
  'attach',
  'close',
  'client saw expiry',
  'expiry',
  'watches registered again',
  'gap told',
  'disk failed',
  'disk full',
  'disk stall',
  'snapshot not saved',
  'rot',
  'start refused',
  'states compared',
] as const

export function coverageTable(seen: Readonly<Record<string, { readonly times: number; readonly lives: number }>>, lives: number): string {
  const names = [...new Set([...Object.keys(seen), ...EXPECTED])].sort()
  const width = Math.max(...names.map((name) => name.length))
  const rows = names.map((name) => {
    const { times, lives: inLives } = seen[name] ?? { times: 0, lives: 0 }
    const share = times === 0 ? 'never' : `in ${Math.round((inLives * 1000) / lives) / 10} % of lives`
    return `${name.padEnd(width)}  ${count(times).padStart(11)}  ${share}`
  })
  return rows.join('\n')
}
