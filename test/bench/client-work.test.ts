// bench: a reply of a client counts only if it is right.

import { describe, expect, it } from 'vitest'
import { ClientWork, type KnownNode } from './client-work.ts'

function nodes(): KnownNode[] {
  return ['a', 'b'].map((name, version) => ({ path: `/${name}`, data: Buffer.alloc(3, name), version }))
}

describe('the work of a client', () => {
  it('reads all znodes in turn and counts right replies', () => {
    const work = new ClientWork(nodes(), '/p-')
    for (const name of ['a', 'b', 'a']) {
      const node = work.nextNode()
      expect(node.path).toBe(`/${name}`)
      work.wasRead(node, Buffer.alloc(3, name), node.version)
    }
    expect([work.replies, work.begun, work.isOver]).toEqual([3, 3, false])
  })

  it('refuses the data or the version of another', () => {
    const work = new ClientWork(nodes(), '/p-')
    const node = work.nextNode()
    expect(() => work.wasRead(node, Buffer.from('bbb'), 0)).toThrow(/\/a: not the data/)
    expect(() => work.wasRead(node, null, 0)).toThrow(/not the data/)
    expect(() => work.wasRead(node, undefined, 0)).toThrow(/not the data/)
    expect(() => work.wasRead(node, Buffer.from('aaa'), 1)).toThrow(/read version 1, expected 0/)
    expect(work.replies).toBe(0)
  })

  it('wants every write to be the next version', () => {
    const work = new ClientWork(nodes(), '/p-')
    const node = work.ownNode(1)
    work.wasWritten(node, 2)
    expect(() => work.wasWritten(node, 2)).toThrow(/wrote version 2, expected 3/)
    expect(() => work.wasWritten(node, 4)).toThrow(/wrote version 4, expected 3/)
    expect(() => work.ownNode(2)).toThrow(/2 znodes cannot be written by lane 2/)
  })

  it('makes every path once, up to its limit', () => {
    const work = new ClientWork([], '/p-', 2)
    expect(work.nextPath()).toBe('/p-0')
    expect(work.isOver).toBe(false)
    expect(work.nextPath()).toBe('/p-1')
    expect(work.isOver).toBe(true)
    expect(() => work.wasCreated('/p-0', '/p-1')).toThrow(/created \/p-1/)
  })
})
