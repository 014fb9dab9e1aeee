// The tree is built while its snapshot is read; what was read of a damaged one is void.
import { expect, test } from 'vitest'
import { TreeReceiver } from '../../core/server/tree-receiver.ts'
import { SnapshotFormatError } from '../../core/tree/snapshot-format.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { TreeDriver } from '../tree/tree-driver.ts'

function snapshotOf(...paths: string[]): Buffer {
  const driver = new TreeDriver()
  const session = driver.connect()
  for (const path of paths) driver.create(session, path)
  return Buffer.concat([...driver.tree.snapshot()])
}

const meta = (index: number) => ({ index, term: 1, termStart: 1 })

function receiver(signal: AbortSignal | null = null): TreeReceiver {
  return new TreeReceiver(() => {}, signal)
}

test('pieces become the tree, though each is written over after the call', () => {
  const bytes = snapshotOf('/a', '/a/b', '/c')
  for (const size of [1, 7, 100, bytes.length]) {
    const tree = receiver()
    tree.begin(meta(9), bytes.length)
    const lent = Buffer.alloc(size)
    for (let at = 0; at < bytes.length; at += size) {
      const piece = lent.subarray(0, bytes.copy(lent, 0, at, at + size))
      tree.take(piece)
      piece.fill(0xee)
    }
    expect(tree.finish(meta(9)).digest(), `pieces of ${size}`).toBe(StateMachine.restore([bytes]).digest())
  }
})

test('a snapshot that is begun after a damaged one counts alone', () => {
  const tree = receiver()
  tree.begin(meta(20), 999)
  tree.take(snapshotOf('/newer').subarray(0, 150))
  tree.take(Buffer.alloc(40, 0xff))
  const older = snapshotOf('/older')
  tree.begin(meta(10), older.length)
  tree.take(older)
  const state = tree.finish(meta(10))
  expect(state.node('/older')).toBeDefined()
  expect(state.node('/newer')).toBeUndefined()
})

test('without a snapshot in use the tree is that of a new ensemble, whatever was read', () => {
  const tree = receiver()
  tree.begin(meta(20), 999)
  tree.take(snapshotOf('/damaged').subarray(0, 150))
  expect(tree.finish(null).digest()).toBe(new StateMachine().digest())
})

test('bytes that hold no tree are refused at the end, not before: the file may yet turn out damaged', () => {
  const tree = receiver()
  tree.begin(meta(5), 100)
  tree.take(Buffer.alloc(100, 0xff))
  tree.take(snapshotOf('/a'))
  expect(() => tree.finish(meta(5))).toThrow(SnapshotFormatError)
})

test('progress is told in bytes, and an aborted start takes nothing more', () => {
  const abort = new AbortController()
  const seen: unknown[] = []
  const tree = new TreeReceiver((progress) => seen.push(progress), abort.signal)
  const bytes = snapshotOf('/a')
  tree.begin(meta(5), bytes.length)
  tree.take(bytes.subarray(0, 60))
  abort.abort(new Error('given up'))
  expect(() => tree.take(bytes.subarray(60))).toThrow('given up')
  expect(seen).toEqual([{ phase: 'snapshot', done: 60, total: bytes.length }])
})
