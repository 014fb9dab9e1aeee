import { describe, expect, it } from 'vitest'
import { type Watcher, WatchKind, WatchManager } from '../../core/replica/watch-manager.ts'
import { EventType, OPEN_ACL } from '../../core/wire/records.ts'

interface Probe extends Watcher {
  readonly heard: string[]
}

function probe(): Probe {
  return { watched: [null, null, null, null], heard: [] }
}

function manager(): WatchManager<Probe> {
  return new WatchManager<Probe>((watcher, change) => watcher.heard.push(`${change.type} ${change.path}`))
}

const created = (path: string) => ({ type: EventType.nodeCreated, path, acl: OPEN_ACL })
const changed = (path: string) => ({ type: EventType.nodeDataChanged, path, acl: OPEN_ACL })
const deleted = (path: string) => ({ type: EventType.nodeDeleted, path, acl: OPEN_ACL })
const children = (path: string) => ({ type: EventType.nodeChildrenChanged, path, acl: OPEN_ACL })

describe('WatchManager', () => {
  it('fires a one-shot watch once', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.data, '/a', w)
    watches.trigger(changed('/a'))
    watches.trigger(changed('/a'))
    expect(w.heard).toEqual(['3 /a'])
    expect(watches.count).toBe(0)
  })

  it('tells a deletion once to who watches data and children of a path', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.data, '/a', w)
    watches.add(WatchKind.child, '/a', w)
    watches.add(WatchKind.persistent, '/a', w)
    watches.add(WatchKind.recursive, '/', w)
    watches.trigger(deleted('/a'))
    expect(w.heard).toEqual(['2 /a'])
  })

  it('a child watch hears of children and of the deletion, not of data', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.child, '/a', w)
    watches.trigger(changed('/a'))
    watches.trigger(created('/a/b'))
    expect(w.heard).toEqual([])
    watches.trigger(children('/a'))
    expect(w.heard).toEqual(['4 /a'])
  })

  it('a persistent watch stays and hears everything about its path', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.persistent, '/a', w)
    for (const change of [created('/a'), changed('/a'), children('/a'), deleted('/a'), created('/a')]) watches.trigger(change)
    expect(w.heard).toEqual(['1 /a', '3 /a', '4 /a', '2 /a', '1 /a'])
  })

  it('a recursive watch hears of the whole subtree, never of children', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.recursive, '/r', w)
    for (const change of [created('/r/a'), created('/r/a/b'), children('/r/a'), changed('/r/a/b'), deleted('/r/a/b'), changed('/other')]) {
      watches.trigger(change)
    }
    expect(w.heard).toEqual(['1 /r/a', '1 /r/a/b', '3 /r/a/b', '2 /r/a/b'])
  })

  it('does not take a longer name for a child', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.recursive, '/r', w)
    watches.trigger(changed('/rr'))
    expect(w.heard).toEqual([])
  })

  it('keeps one-shot and persistent watches of one path apart', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.data, '/a', w)
    watches.add(WatchKind.persistent, '/a', w)
    watches.trigger(changed('/a'))
    expect(watches.has(WatchKind.data, '/a', w)).toBe(false)
    expect(watches.has(WatchKind.persistent, '/a', w)).toBe(true)
    expect(w.heard).toEqual(['3 /a'])
  })

  it('removes exactly what is asked for', () => {
    const watches = manager()
    const [v, w] = [probe(), probe()]
    watches.add(WatchKind.data, '/a', v)
    watches.add(WatchKind.data, '/a', w)
    expect(watches.remove(WatchKind.data, '/a', v)).toBe(true)
    expect(watches.remove(WatchKind.data, '/a', v)).toBe(false)
    watches.trigger(changed('/a'))
    expect([v.heard, w.heard]).toEqual([[], ['3 /a']])
  })

  it('holds nothing of a connection that is gone', () => {
    const watches = manager()
    const w = probe()
    for (const kind of Object.values(WatchKind)) watches.add(kind, '/a', w)
    expect(watches.count).toBe(4)
    watches.removeAll(w)
    expect(watches.count).toBe(0)
    watches.trigger(deleted('/a'))
    expect(w.heard).toEqual([])
  })

  it('counts a registration once however often it is made', () => {
    const watches = manager()
    const w = probe()
    watches.add(WatchKind.data, '/a', w)
    watches.add(WatchKind.data, '/a', w)
    expect(watches.count).toBe(1)
  })
})
