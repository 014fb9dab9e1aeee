// Numbers at the edges of their range, and images.
import { describe, expect, test } from 'vitest'
import { OPEN } from '../../core/tree/acl-table.ts'
import { Lifetime, NodeImage } from '../../core/tree/node-image.ts'
import { NodeStore } from '../../core/tree/node-store.ts'
import { sequenceDigits } from '../../core/tree/node-writes.ts'
import { nextVersion, type Znode } from '../../core/tree/znode.ts'

const MAX_INT = 2 ** 31 - 1
/** A node in a tree that holds nothing else beside the root. */
function planted(image: NodeImage): Znode {
  const store = new NodeStore()
  return store.attach('/n', image, store.attach('/', NodeImage.fresh('', OPEN, null, 0, 0), null))
}

const BIG_ZXID = (2 ** 21 - 1) * 2 ** 32 + 2 ** 32 - 1

test('versions wrap around and skip -1, which in a request means any', () => {
  expect(nextVersion(0)).toBe(1)
  expect(nextVersion(MAX_INT)).toBe(-(2 ** 31))
  expect(nextVersion(-2)).toBe(0)
})

test('the counter of creates wraps around, names follow Java’s %010d', () => {
  const image = NodeImage.fresh(null, OPEN, null, 1, 1)
  image.creates = MAX_INT
  const node = planted(image)
  expect(sequenceDigits(node.creates)).toBe('2147483647')
  node.noteCreate(2)
  expect(node.creates).toBe(-(2 ** 31))
  expect(sequenceDigits(node.creates)).toBe('-2147483648')
  expect(sequenceDigits(-5)).toBe('-000000005')
  expect(sequenceDigits(0)).toBe('0000000000')
})

test.each([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 2 ** 31, BIG_ZXID])('zxids and times are exact: %d', (value) => {
  const node = planted(NodeImage.fresh(null, OPEN, null, value, value))
  expect([node.czxid, node.mzxid, node.pzxid, node.ctime, node.mtime]).toEqual([value, value, value, value, value])
  const other = planted(NodeImage.fresh(null, OPEN, null, 0, 0))
  other.writeData(null, value, value, 0, 1)
  other.noteDelete(value)
  expect([other.czxid, other.mzxid, other.pzxid, other.ctime, other.mtime]).toEqual([0, value, value, 0, value])
})

describe('an image', () => {
  test('does not follow the node, and brings it back', () => {
    const node = planted(NodeImage.fresh(Buffer.from('old'), OPEN, new Lifetime(5, 10), 1, 1))
    const image = node.image()
    const before = node.stat()
    node.writeData(Buffer.from('newer'), 2, 2, 20, 1)
    node.noteCreate(3)
    expect(image).toMatchObject({ mzxidLo: 1, pzxidLo: 1, mtimeLo: 1, version: 0, creates: 0, data: 'old', holder: { touchedMs: 10 } })
    node.revert(image)
    expect(node.stat()).toEqual(before)
    expect(node.data?.toString()).toBe('old')
    expect(node.creates).toBe(0)
    expect(node.lifetime?.touchedMs).toBe(10)
  })
})
