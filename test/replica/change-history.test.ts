import { describe, expect, it } from 'vitest'
import { ChangeHistory } from '../../core/replica/change-history.ts'
import { EventType, OPEN_ACL } from '../../core/wire/records.ts'

function changed(path: string) {
  return { type: EventType.nodeDataChanged, path, acl: OPEN_ACL }
}

function since(history: ChangeHistory, zxid: number): string[] {
  const out: string[] = []
  history.since(zxid, (at, { path }) => out.push(`${at} ${path}`) > 0)
  return out
}

describe('the history of changes', () => {
  it('hands on what is above a zxid, in its order, and knows from where on it is whole', () => {
    const history = new ChangeHistory(10, 1 << 20, 5)
    expect([history.floor, history.size, history.bytes]).toEqual([5, 0, 0])
    history.record(7, changed('/a'))
    history.record(9, changed('/c'))
    history.record(9, changed('/b'))
    history.record(12, changed('/d'))
    expect(history.floor).toBe(5)
    expect(since(history, 5)).toEqual(['7 /a', '9 /c', '9 /b', '12 /d'])
    expect(since(history, 7)).toEqual(['9 /c', '9 /b', '12 /d'])
    expect(since(history, 8)).toEqual(['9 /c', '9 /b', '12 /d'])
    expect(since(history, 9)).toEqual(['12 /d'])
    expect(since(history, 12)).toEqual([])
  })

  it('stops when the receiver wants no more', () => {
    const history = new ChangeHistory(10, 1 << 20, 0)
    for (let zxid = 1; zxid <= 3; zxid++) history.record(zxid, changed(`/${zxid}`))
    const seen: number[] = []
    expect(history.since(0, (zxid) => seen.push(zxid) < 2)).toBe(false)
    expect(seen).toEqual([1, 2])
  })

  it('is bounded in entries: an entry of which a part fell out counts as gone', () => {
    const history = new ChangeHistory(2, 1 << 20, 0)
    history.record(1, changed('/a'))
    history.record(1, changed('/b'))
    history.record(1, changed('/c'))
    expect([history.size, history.floor]).toEqual([2, 1])
    expect(since(history, history.floor)).toEqual([])
    history.record(2, changed('/d'))
    history.record(3, changed('/e'))
    expect([history.size, history.floor]).toEqual([2, 1])
  })

  it('is bounded in bytes, also by a single path that is too long', () => {
    const history = new ChangeHistory(1000, 2000, 0)
    for (let zxid = 1; zxid <= 100; zxid++) history.record(zxid, changed('/some/path'))
    expect(history.bytes).toBeLessThanOrEqual(2000)
    expect(history.size).toBeGreaterThan(5)
    expect(history.floor).toBe(100 - history.size)
    history.record(101, changed(`/${'x'.repeat(5000)}`))
    expect([history.size, history.bytes, history.floor]).toEqual([0, 0, 101])
  })

  it('keeps nothing when told to', () => {
    const history = new ChangeHistory(0, 1 << 20, 0)
    history.record(1, changed('/a'))
    expect([history.size, history.floor]).toEqual([0, 1])
  })
})
