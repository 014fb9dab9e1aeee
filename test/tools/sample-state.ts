// A state with every kind of node, and its snapshot as a file or as parts, for tests of the tools.

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SnapshotMeta } from '../../core/consensus/types.ts'
import { snapshotFile } from '../../core/storage/snapshot-encoder.ts'
import type { StateMachine } from '../../core/tree/state-machine.ts'
import { CreateFlag } from '../../core/wire/records.ts'
import { TreeDriver } from '../tree/tree-driver.ts'

/** Two sessions, two ephemeral nodes of one of them, a container, a TTL node, nodes with and without data. Term 1. */
export function sampleState(): TreeDriver {
  const driver = new TreeDriver()
  driver.noop()
  const first = driver.connect([], 30_000)
  driver.connect([], 20_000)
  driver.create(first, '/app', { data: 'x'.repeat(300) })
  driver.create(first, '/app/empty', { data: '' })
  driver.create(first, '/app/none', { data: null })
  driver.create(first, '/app/lock', { flags: CreateFlag.ephemeral })
  driver.create(first, '/app/member', { data: 'm', flags: CreateFlag.ephemeral })
  driver.createContainer(first, '/box')
  driver.createTtl(first, '/brief', 5000)
  return driver
}

/** As if the log had begun with the state's term. */
export function metaOf(tree: StateMachine): SnapshotMeta {
  const { lastZxid } = tree
  return { index: 1 + (lastZxid % 2 ** 32), term: Math.floor(lastZxid / 2 ** 32), termStart: 1 }
}

/** The bytes of the state's snapshot file. */
export function fileBytes(tree: StateMachine, meta: SnapshotMeta = metaOf(tree), chunkBytes?: number): Buffer {
  return Buffer.concat([...snapshotFile(meta, tree.snapshot(chunkBytes), { crc32, sha256: () => createHash('sha256') })])
}

export function writeSnapshot(path: string, tree: StateMachine, meta?: SnapshotMeta): string {
  writeFileSync(path, fileBytes(tree, meta))
  return path
}
