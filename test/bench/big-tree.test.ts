// bench: what is sent to fill the large tree is the tree that is read later: every znode once, in its directory, with its own data.

import { describe, expect, it } from 'vitest'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { fillRequest, firstZnodeOf, znodeData, znodePath } from './big-tree.ts'
import { RequestRing } from './request-ring.ts'

interface Created {
  readonly path: string
  readonly data: Buffer
}

/** What a connection sends for `count` znodes from `first` on. */
function sentBy(first: number, count: number, perDirectory: number): Created[] {
  const ring = new RequestRing(new Array(3).fill(fillRequest({ znodes: 0, perDirectory })), first)
  return Array.from({ length: count }, () => {
    const slot = ring.take(0)
    ring.answered()
    const r = new Reader(ring.bytes, (ring.starts[slot] ?? 0) + 4, ring.starts[slot + 1] ?? 0)
    r.int32()
    expect(r.int32()).toBe(OpCode.create)
    return { path: r.ustring() ?? '', data: Buffer.from(r.buffer() ?? []) }
  })
}

describe('the large tree', () => {
  it.each([
    { znodes: 1000, perDirectory: 10, connections: 16 },
    { znodes: 257, perDirectory: 100, connections: 7 },
    { znodes: 300, perDirectory: 300, connections: 16 },
  ])('is made whole by its connections ($znodes znodes, $connections connections)', ({ connections, ...shape }) => {
    const created: Created[] = []
    for (let connection = 0; connection < connections; connection++) {
      const first = firstZnodeOf(connection, connections, shape.znodes)
      created.push(...sentBy(first, firstZnodeOf(connection + 1, connections, shape.znodes) - first, shape.perDirectory))
    }
    const expected = Array.from({ length: shape.znodes }, (_, number) => ({ path: znodePath(number, shape), data: znodeData(number) }))
    expect(created).toEqual(expected)
  })

  it('has names of 16 characters and 100 bytes of data that differ', () => {
    const path = znodePath(0xabcde, { znodes: 1_000_000, perDirectory: 1000 })
    expect(path).toBe('/million/group-000002bf/service-000abcde')
    expect(path.split('/').at(-1)).toHaveLength(16)
    expect(znodeData(1)).toHaveLength(100)
    expect(znodeData(1).equals(znodeData(2))).toBe(false)
  })
})
