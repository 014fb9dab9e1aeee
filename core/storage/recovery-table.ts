// storage: what is done with a data directory, as two tables from the facts found to one verdict each. The only place that decides. PURE.
//
//   SEGMENT_TABLE     each file of the log in order, judged where reading it stopped: go on, the log's end, cut, damage
//   DIRECTORY_TABLE   the log as a whole beside hard state and snapshots: use, blank, finish an installation, damage
//
// A row matches when every fact it names has (one of) the named value(s); a fact it does not name may have any. Every combination of facts, also one
// that should never come up, matches exactly one row: test/storage/recovery-table.test.ts tries them all.

import { assert } from '../support/assert.ts'

/** What was found in one file of the log, where reading it stopped. */
export interface SegmentFacts {
  /**
   * The file and its header. `unused`: all zeros. `headless`: the first sector is all zeros and something follows. `foreign`: readable, but not
   * of this log or not of this place. `missing`: a later file is there.
   */
  readonly segment: 'missing' | 'unused' | 'whole' | 'headless' | 'damaged' | 'foreign' | 'other-format'
  /** Whether it is the first file that is left of the log. */
  readonly order: 'first' | 'later'
  /** Whether any batch of it could be read. */
  readonly read: 'nothing' | 'batches'
  /** Whether its end seal was read. */
  readonly end: 'open' | 'sealed'
  /** What stands where reading stopped: only zeros, a batch header that cannot be read, or one that can. */
  readonly stop: 'zeros' | 'unreadable' | 'readable'
  /** Whether a readable header continues the batch before: sequence, chain, durable index. */
  readonly chain: 'continues' | 'breaks'
  /** Directory and payloads of that batch. `senseless`: whole, but they cannot follow what was read. */
  readonly contents: 'whole' | 'damaged' | 'senseless'
  /** What comes later: a readable batch or a file with data (`written`), or at most the prepared next segment (`spare`). */
  readonly follower: 'none' | 'spare' | 'written'
  /** Whether a sector that was to be written still holds the zeros of before: of the batch, or of its header when that cannot be read. */
  readonly sectors: 'all-written' | 'some-empty'
  /** What lies behind the bad batch in its file. */
  readonly behind: 'zeros' | 'data'
  /** Whether a snapshot shows that entries of the bad batch were durable. */
  readonly snapshot: 'before-it' | 'covers-it'
}

export type SegmentVerdict =
  /** All of it was read; the log goes on in the next file. */
  | 'go-on'
  /** The log ends here. */
  | 'end'
  /** Prepared, and not used yet. */
  | 'spare'
  /** The last write was torn by a crash and never acknowledged: cut. */
  | 'cut'
  /** The same, of the write that began the segment: the segment is begun anew. */
  | 'cut-first'
  /** What was durable cannot be read any more: never cut. */
  | 'damage'
  /** Of another version of this program: refused as it is, and neither marked nor repaired. */
  | 'other-format'

/** What was found in the whole directory. */
export interface DirectoryFacts {
  /** `absent`: never begun. `lost`: only a later, unused segment is there. `whole`: read to its end, a torn write cut off. */
  readonly log: 'absent' | 'lost' | 'whole' | 'damaged'
  readonly hardState: 'readable' | 'undecodable' | 'none'
  /** The snapshot files: none, the newest whole, the newest damaged but an older one whole, all damaged. */
  readonly snapshots: 'none' | 'newest-whole' | 'older-whole' | 'all-damaged'
  /** How far the log reaches: the newest snapshot's index, at least that of the newest whole one, or neither. */
  readonly reach: 'newest' | 'used' | 'neither'
  /** Whether the log's first entry follows the newest whole snapshot (or the very beginning) without a gap. */
  readonly begin: 'joins' | 'gap'
  /** Whether log and snapshot hold the same term at the snapshot's index. */
  readonly term: 'agrees' | 'conflicts'
  /** The hard state beside the newest whole snapshot. */
  readonly age: 'hard-state-newer' | 'commit-older' | 'term-older'
  /** Whether the log's last record announces an installation: of the newest snapshot file, of one that is not there, or none. */
  readonly install: 'none' | 'of-newest' | 'of-absent'
}

export type DirectoryVerdict =
  /** A directory never used. */
  | 'blank'
  | 'use'
  /** The snapshot proves a term that the hard state has not heard of: it is raised, without a vote. */
  | 'use-raise-term'
  /** The snapshot took its place and the log was not told: it is told now. */
  | 'finish-install'
  | 'finish-install-raise-term'
  | 'damage'

type Pattern<F> = { readonly [K in keyof F]?: F[K] | readonly F[K][] }

export interface Row<F, V> {
  readonly when: Pattern<F>
  readonly verdict: V
  readonly why: string
}

export type Dimensions<F> = { readonly [K in keyof F]: readonly F[K][] }

export const SEGMENT_DIMENSIONS: Dimensions<SegmentFacts> = {
  segment: ['missing', 'unused', 'whole', 'headless', 'damaged', 'foreign', 'other-format'],
  order: ['first', 'later'],
  read: ['nothing', 'batches'],
  end: ['open', 'sealed'],
  stop: ['zeros', 'unreadable', 'readable'],
  chain: ['continues', 'breaks'],
  contents: ['whole', 'damaged', 'senseless'],
  follower: ['none', 'spare', 'written'],
  sectors: ['all-written', 'some-empty'],
  behind: ['zeros', 'data'],
  snapshot: ['before-it', 'covers-it'],
}

export const DIRECTORY_DIMENSIONS: Dimensions<DirectoryFacts> = {
  log: ['absent', 'lost', 'whole', 'damaged'],
  hardState: ['readable', 'undecodable', 'none'],
  snapshots: ['none', 'newest-whole', 'older-whole', 'all-damaged'],
  reach: ['newest', 'used', 'neither'],
  begin: ['joins', 'gap'],
  term: ['agrees', 'conflicts'],
  age: ['hard-state-newer', 'commit-older', 'term-older'],
  install: ['none', 'of-newest', 'of-absent'],
}

const END_OF_DATA = { segment: 'whole', stop: 'zeros', read: 'batches' } as const
const BAD = { segment: 'whole', end: 'open' } as const
const NO_HEADER = { ...BAD, stop: 'unreadable' } as const
const BAD_BATCH = { ...BAD, stop: 'readable', chain: 'continues', contents: 'damaged' } as const
const MAYBE_TORN = { ...BAD_BATCH, snapshot: 'before-it', behind: 'zeros', sectors: 'some-empty' } as const

export const SEGMENT_TABLE: readonly Row<SegmentFacts, SegmentVerdict>[] = [
  // The file.
  { when: { segment: 'missing' }, verdict: 'damage', why: 'a file of the log is missing, though a later one is there' },
  { when: { segment: 'damaged' }, verdict: 'damage', why: 'no crash writes half a sector' },
  { when: { segment: 'foreign' }, verdict: 'damage', why: 'the file is not the one that belongs here' },
  { when: { segment: 'other-format' }, verdict: 'other-format', why: 'use the version that wrote it' },
  { when: { segment: 'unused', follower: 'none' }, verdict: 'spare', why: 'prepared ahead' },
  {
    when: { segment: 'unused', follower: ['spare', 'written'] },
    verdict: 'damage',
    why: 'the segment is empty, though a later one is there',
  },
  // Header and first batch are one write, and both headers lie in its first sector.
  { when: { segment: 'headless', order: 'first' }, verdict: 'damage', why: 'the first sector is empty, but data follows it' },
  {
    when: { segment: 'headless', order: 'later', follower: ['spare', 'written'] },
    verdict: 'damage',
    why: 'the first sector is empty, though something was written after it',
  },
  { when: { segment: 'headless', order: 'later', follower: 'none' }, verdict: 'cut-first', why: 'the first sector was never written' },
  { when: { segment: 'whole', stop: 'zeros', read: 'nothing' }, verdict: 'damage', why: 'the segment has a header and no batch' },
  // Only zeros follow.
  { when: { ...END_OF_DATA, end: 'open', follower: ['none', 'spare'] }, verdict: 'end', why: 'only zeros follow' },
  {
    when: { ...END_OF_DATA, end: 'open', follower: 'written' },
    verdict: 'damage',
    why: 'the segment has no end seal, though the next one was begun',
  },
  { when: { ...END_OF_DATA, end: 'sealed', follower: ['spare', 'written'] }, verdict: 'go-on', why: 'ended, and the next one is there' },
  {
    when: { ...END_OF_DATA, end: 'sealed', follower: 'none' },
    verdict: 'damage',
    why: 'the file is missing, though the segment before it is ended',
  },
  { when: { segment: 'whole', end: 'sealed', stop: ['unreadable', 'readable'] }, verdict: 'damage', why: 'data follows the end seal' },
  // A batch whose header cannot be read.
  { when: { ...NO_HEADER, read: 'nothing' }, verdict: 'damage', why: 'the sector that begins the segment was written only in part' },
  {
    when: { ...NO_HEADER, read: 'batches', follower: 'written' },
    verdict: 'damage',
    why: 'this is no torn write: something was written after it',
  },
  {
    when: { ...NO_HEADER, read: 'batches', follower: ['none', 'spare'], sectors: 'all-written' },
    verdict: 'damage',
    why: 'this is no torn write: all sectors of its header were written',
  },
  {
    when: { ...NO_HEADER, read: 'batches', follower: ['none', 'spare'], sectors: 'some-empty' },
    verdict: 'cut',
    why: 'a sector of the header was never written, and nothing follows',
  },
  // A batch whose header can be read.
  { when: { ...BAD, stop: 'readable', chain: 'breaks' }, verdict: 'damage', why: 'the batch is whole, but not the one that belongs here' },
  {
    when: { ...BAD, stop: 'readable', chain: 'continues', contents: 'senseless' },
    verdict: 'damage',
    why: 'the batch is whole, but makes no sense here',
  },
  {
    when: { ...BAD, stop: 'readable', chain: 'continues', contents: 'whole' },
    verdict: 'damage',
    why: 'reading stopped at a batch that is whole',
  },
  { when: { ...BAD_BATCH, follower: 'written' }, verdict: 'damage', why: 'this is no torn write: something was written after it' },
  {
    when: { ...BAD_BATCH, follower: ['none', 'spare'], snapshot: 'covers-it' },
    verdict: 'damage',
    why: 'this is no torn write: a snapshot shows that its entries were durable',
  },
  {
    when: { ...BAD_BATCH, follower: ['none', 'spare'], snapshot: 'before-it', behind: 'data' },
    verdict: 'damage',
    why: 'this is no torn write: data follows it',
  },
  {
    when: { ...BAD_BATCH, follower: ['none', 'spare'], snapshot: 'before-it', behind: 'zeros', sectors: 'all-written' },
    verdict: 'damage',
    why: 'this is no torn write: all of its sectors were written',
  },
  {
    when: { ...MAYBE_TORN, follower: ['none', 'spare'], read: 'batches' },
    verdict: 'cut',
    why: 'a sector was never written, and nothing follows',
  },
  {
    when: { ...MAYBE_TORN, follower: ['none', 'spare'], read: 'nothing', order: 'first' },
    verdict: 'damage',
    why: 'the first write of a log is there or not: it lies in one sector',
  },
  {
    when: { ...MAYBE_TORN, follower: 'spare', read: 'nothing', order: 'later' },
    verdict: 'damage',
    why: 'the next segment is prepared only when the first write to this one is durable',
  },
  {
    when: { ...MAYBE_TORN, follower: 'none', read: 'nothing', order: 'later' },
    verdict: 'cut-first',
    why: 'a sector was never written, and nothing follows',
  },
]

const WHOLE = { log: 'whole', hardState: 'readable' } as const
const PLAIN = { ...WHOLE, install: ['none', 'of-absent'] } as const
const SOME_WHOLE = ['newest-whole', 'older-whole'] as const
const FITTING = { ...PLAIN, snapshots: SOME_WHOLE, reach: 'newest', begin: 'joins', term: 'agrees' } as const
const INSTALLED = { ...WHOLE, install: 'of-newest', snapshots: 'newest-whole' } as const
const HALF_INSTALLED = { ...WHOLE, install: 'of-newest', snapshots: 'older-whole' } as const
const NEITHER_REACHES = 'the log ends before the snapshot, and the entries up to it were durable'
const GAP = 'the log begins later, and no whole snapshot covers what came before'
const CONFLICT = 'log and snapshot hold different entries at the same index'

export const DIRECTORY_TABLE: readonly Row<DirectoryFacts, DirectoryVerdict>[] = [
  { when: { log: 'damaged' }, verdict: 'damage', why: 'the log is damaged' },
  { when: { log: 'lost' }, verdict: 'damage', why: 'the log is missing, an unused segment is there' },
  { when: { log: 'absent', snapshots: 'none' }, verdict: 'blank', why: 'nothing was ever written' },
  { when: { log: 'absent', snapshots: [...SOME_WHOLE, 'all-damaged'] }, verdict: 'damage', why: 'there are snapshots but no log' },
  {
    when: { log: 'whole', hardState: ['none', 'undecodable'] },
    verdict: 'damage',
    why: 'no hard state can be read, though every segment begins with it',
  },
  // The log alone. A damaged snapshot still shows how far the log must reach, unless it was being installed.
  { when: { ...WHOLE, snapshots: 'none', begin: 'joins' }, verdict: 'use', why: 'the whole log is there' },
  { when: { ...WHOLE, snapshots: 'none', begin: 'gap' }, verdict: 'damage', why: GAP },
  { when: { ...PLAIN, snapshots: 'all-damaged', reach: ['used', 'neither'] }, verdict: 'damage', why: NEITHER_REACHES },
  { when: { ...PLAIN, snapshots: 'all-damaged', reach: 'newest', begin: 'joins' }, verdict: 'use', why: 'the whole log is there' },
  { when: { ...PLAIN, snapshots: 'all-damaged', reach: 'newest', begin: 'gap' }, verdict: 'damage', why: GAP },
  {
    when: { ...WHOLE, install: 'of-newest', snapshots: 'all-damaged', begin: 'joins' },
    verdict: 'use',
    why: 'the installation was never acknowledged',
  },
  { when: { ...WHOLE, install: 'of-newest', snapshots: 'all-damaged', begin: 'gap' }, verdict: 'damage', why: GAP },
  // Snapshot newer than the log's end.
  { when: { ...PLAIN, snapshots: SOME_WHOLE, reach: ['used', 'neither'] }, verdict: 'damage', why: NEITHER_REACHES },
  { when: { ...PLAIN, snapshots: SOME_WHOLE, reach: 'newest', begin: 'gap' }, verdict: 'damage', why: GAP },
  { when: { ...PLAIN, snapshots: SOME_WHOLE, reach: 'newest', begin: 'joins', term: 'conflicts' }, verdict: 'damage', why: CONFLICT },
  // Snapshot and hard state. The commit index is only a hint; a term that a snapshot proves is not.
  { when: { ...FITTING, age: 'hard-state-newer' }, verdict: 'use', why: 'snapshot and log fit' },
  { when: { ...FITTING, age: 'commit-older' }, verdict: 'use', why: 'snapshot newer than the hard state: its index is committed' },
  { when: { ...FITTING, age: 'term-older' }, verdict: 'use-raise-term', why: 'snapshot newer than the hard state: its term was in force' },
  // Installation of another server's snapshot, announced in the log.
  { when: { ...INSTALLED, begin: 'gap' }, verdict: 'damage', why: GAP },
  {
    when: { ...INSTALLED, begin: 'joins', age: ['hard-state-newer', 'commit-older'] },
    verdict: 'finish-install',
    why: 'the snapshot took its place, the log was not told yet',
  },
  {
    when: { ...INSTALLED, begin: 'joins', age: 'term-older' },
    verdict: 'finish-install-raise-term',
    why: 'the snapshot took its place, the log was not told yet; its term was in force',
  },
  { when: { ...HALF_INSTALLED, reach: 'neither' }, verdict: 'damage', why: NEITHER_REACHES },
  { when: { ...HALF_INSTALLED, reach: ['newest', 'used'], begin: 'gap' }, verdict: 'damage', why: GAP },
  { when: { ...HALF_INSTALLED, reach: ['newest', 'used'], begin: 'joins', term: 'conflicts' }, verdict: 'damage', why: CONFLICT },
  {
    when: { ...HALF_INSTALLED, reach: ['newest', 'used'], begin: 'joins', term: 'agrees', age: ['hard-state-newer', 'commit-older'] },
    verdict: 'use',
    why: 'the installation was never acknowledged: the older snapshot and the log stand',
  },
  {
    when: { ...HALF_INSTALLED, reach: ['newest', 'used'], begin: 'joins', term: 'agrees', age: 'term-older' },
    verdict: 'use-raise-term',
    why: 'the installation was never acknowledged: the older snapshot and the log stand; its term was in force',
  },
]

/** Whether the facts are those of the row. */
export function matches<F extends object, V>(row: Row<F, V>, facts: F): boolean {
  for (const name of Object.keys(row.when) as (keyof F)[]) {
    const wanted = row.when[name]
    const fact = facts[name]
    if (Array.isArray(wanted) ? !wanted.includes(fact) : wanted !== fact) return false
  }
  return true
}

/** The row of `table` that the facts match. */
export function decide<F extends object, V>(table: readonly Row<F, V>[], facts: F): Row<F, V> {
  const row = table.find((candidate) => matches(candidate, facts))
  assert(row !== undefined, 'every combination of facts matches a row')
  return row
}
