// Mutants of the storage room: each takes away one thing that keeps data safe. The fault campaign must find every one of them.
//
// A mutant is a piece of a source file and what stands there instead. It is applied in memory when the module is loaded (mutant-hook.ts); a test says
// that each piece is still there exactly once (mutants.test.ts).

import type { Mutant } from '../../support/mutants.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'ack-early',
    breaks: 'an append is acknowledged when its write has ended',
    file: 'disk-log-store.ts',
    piece: 'this.#writer.append(hardState, batch.entries.length === 0 ? NO_ENTRIES : batch.entries, this.#onAppended)',
    instead: `this.#writer.append(hardState, batch.entries.length === 0 ? NO_ENTRIES : batch.entries, this.#onAppended)
    const early = this.#appendDone
    this.#appendDone = null
    early?.(null)`,
  },
  {
    name: 'lives-after-failed-write',
    breaks: 'the first failed write ends the store',
    file: 'disk-log-store.ts',
    piece: "const failure = error === null ? this.#failure : this.#fail('writing the log', error)",
    instead: 'const failure = error',
  },
  {
    name: 'retries-failed-write',
    breaks: 'a failed write is not tried again',
    file: 'log-writer.ts',
    piece: 'this.#active.file.write(this.#encoder.encode(draft, place, fresh ? this.#start() : null), this.#offset, this.#onWritten)',
    instead: `const parts = this.#encoder.encode(draft, place, fresh ? this.#start() : null)
    const { file } = this.#active
    file.write(parts, this.#offset, (error) => (error === null ? this.#onWritten(null) : file.write(parts, this.#offset, this.#onWritten)))`,
  },
  {
    name: 'retries-failed-fsync',
    breaks: 'a failed sync is not tried again',
    file: 'zero-file.ts',
    piece: 'else file.sync(next)',
    instead: 'else file.sync((syncError) => (syncError === null ? next(null) : file.sync(next)))',
  },
  {
    name: 'segment-not-synced',
    breaks: 'a segment is on the disk before it is used',
    file: 'zero-file.ts',
    piece: 'else file.sync(next)',
    instead: 'else next(null)',
  },
  {
    name: 'segment-name-not-synced',
    breaks: 'a segment has its name on the disk before it is used',
    file: 'zero-file.ts',
    piece: 'inTurn([(next) => disk.rename(from, to, next), (next) => disk.syncFolder(LOG_FOLDER, next)], done)',
    instead: 'disk.rename(from, to, done)',
  },
  {
    name: 'snapshot-not-synced',
    breaks: 'a snapshot is on the disk before it gets its name',
    file: 'snapshot-writer.ts',
    piece: 'else file.sync((syncError) => this.#close(file, syncError))',
    instead: 'else this.#close(file, null)',
  },
  {
    name: 'snapshot-name-not-synced',
    breaks: 'a snapshot has its name on the disk before it is acknowledged',
    file: 'snapshot-store.ts',
    piece: `(next: Done) => this.#disk.rename(path + TEMPORARY_SUFFIX, path, next),
      (next: Done) => this.#disk.syncFolder(SNAPSHOT_FOLDER, next),`,
    instead: '(next: Done) => this.#disk.rename(path + TEMPORARY_SUFFIX, path, next),',
  },
  {
    name: 'snapshot-before-entries',
    breaks: 'a snapshot takes its place when the entries up to it are durable',
    file: 'disk-log-store.ts',
    piece: '(next) => this.#whenDurable(meta.index, next),',
    instead: '',
  },
  {
    name: 'snapshot-beside-overwrite',
    breaks: 'a snapshot waits for an append that overwrites entries it holds',
    file: 'disk-log-store.ts',
    piece: 'return this.#appendDone === null ? durableIndex : Math.min(durableIndex, this.#appendFrom - 1)',
    instead: 'return durableIndex',
  },
  {
    name: 'purge-with-one-snapshot',
    breaks: 'the log is purged below the older of two whole snapshots',
    file: 'snapshot-store.ts',
    piece: 'const KEPT = 2',
    instead: 'const KEPT = 1',
  },
  {
    name: 'old-hard-state',
    breaks: 'a new segment begins with the newest hard state',
    file: 'log-writer.ts',
    piece: 'if (draft.hardState !== null) this.#hardState = draft.hardState',
    instead: '',
  },
  {
    name: 'no-truncation',
    breaks: 'an append that overwrites says from where on',
    file: 'log-writer.ts',
    piece: 'if (first.index <= indexAfter) draft.truncateFrom = first.index',
    instead: '',
  },
  {
    name: 'no-seal',
    breaks: 'a log that is idle is sealed',
    file: 'disk-log-store.ts',
    piece: 'if (this.#refusal() !== null || this.#writer.busy || this.#writer.sealed) return',
    instead: 'if (this.#refusal() !== null || this.#writer.durableIndex >= 0) return',
  },
  {
    name: 'cut-without-zeros',
    breaks: 'a bad batch all of whose sectors were written is never cut',
    file: 'recovery-table.ts',
    piece: `    when: { ...BAD_BATCH, follower: ['none', 'spare'], snapshot: 'before-it', behind: 'zeros', sectors: 'all-written' },
    verdict: 'damage',`,
    instead: `    when: { ...BAD_BATCH, follower: ['none', 'spare'], snapshot: 'before-it', behind: 'zeros', sectors: 'all-written' },
    verdict: 'cut',`,
  },
  {
    name: 'cut-before-followers',
    breaks: 'a bad batch with a readable one after it is never cut',
    file: 'torn-tail.ts',
    piece: 'if (header !== null && header.sequence > sequence + 1) return header',
    instead: '',
  },
  {
    name: 'no-chain',
    breaks: 'each batch and each segment continues the one before',
    file: 'log-recovery.ts',
    piece: 'if (header.chain !== end.chain || header.firstSequence',
    instead: 'if (header.firstSequence',
  },
  {
    name: 'last-write-not-repeated',
    breaks: 'the used part of the last segment is written again at opening',
    file: 'mend-log.ts',
    piece: 'steps.push((next) => writeDurably(disk, usedPrefix.path, 0, slicesOf(usedPrefix.bytes), next))',
    instead: '',
  },
  {
    name: 'zeros-not-repeated',
    breaks: 'a mending that failed is done again',
    file: 'mend-log.ts',
    piece: 'const unfinished = files.some(({ name }) => isMendingMark(name))',
    instead: 'const unfinished = false',
  },
  {
    name: 'raised-term-not-kept',
    breaks: 'a term that a snapshot proved is written to the log',
    file: 'open-log-store.ts',
    piece: 'if (raisesTerm(opening.verdict)) steps.push',
    instead: 'if (opening.verdict === null) steps.push',
  },
  {
    name: 'names-not-synced-at-opening',
    breaks: 'names seen at opening are on the disk before anything rests on them',
    file: 'open-log-store.ts',
    piece: '(next) => disk.syncFolder(LOG_FOLDER, next),',
    instead: '',
  },
  {
    name: 'seal-ends-installation',
    breaks: 'a seal between the two records of an installation changes nothing',
    file: 'log-replay.ts',
    piece: 'if (record.type !== RecordType.seal && record.type !== RecordType.cut) this.installing = null',
    instead: 'this.installing = null',
  },
]
