// Containers and TTL nodes: when they are due, and the second look at apply.
import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { TreeDriver } from './tree-driver.ts'

function due(d: TreeDriver, at: number, limit = 100): string[] {
  return d.tree.reapCandidates(at, limit)
}

describe('a TTL node', () => {
  test('is due when it was not set for longer than its TTL', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.setTime(1, 1000)
    d.createTtl(a, '/t', 50)
    expect(due(d, 1050)).toEqual([])
    expect(due(d, 1051)).toEqual(['/t'])
    d.setTime(1, 1040)
    d.set(a, '/t', 'x')
    expect(due(d, 1090)).toEqual([])
    expect(due(d, 1091)).toEqual(['/t'])
  })

  test('stays while it has children, whose coming and going does not refresh it', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.createTtl(a, '/t', 50)
    d.create(a, '/t/c')
    expect(due(d, 1000)).toEqual([])
    d.setTime(1, 900)
    d.remove(a, '/t/c')
    expect(due(d, 1000)).toEqual(['/t'])
  })

  test('ages by cluster time, not by the wall clock', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.createTtl(a, '/t', 50)
    d.setTime(d.wallMs + 1e9, 10)
    d.noop()
    expect(d.reap('/t').err).toBe(ErrorCode.badVersion)
  })
})

describe('a container', () => {
  test('is due once it was used and is empty', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.createContainer(a, '/c')
    expect(due(d, 1e9)).toEqual([])
    d.create(a, '/c/x')
    expect(due(d, 1e9)).toEqual([])
    d.remove(a, '/c/x')
    expect(due(d, 0)).toEqual(['/c'])
  })

  test('that was never used is due after the time of the settings', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.setTime(1, 100)
    d.createContainer(a, '/c')
    d.settings({ containerMaxNeverUsedMs: 30 })
    expect(due(d, 130)).toEqual([])
    expect(due(d, 131)).toEqual(['/c'])
  })
})

test('candidates come in path order, up to the limit', () => {
  const d = new TreeDriver()
  const a = d.connect()
  for (const path of ['/z', '/a', '/m']) d.createTtl(a, path, 1)
  d.create(a, '/plain')
  expect(due(d, 10)).toEqual(['/a', '/m', '/z'])
  expect(due(d, 10, 2)).toEqual(['/a', '/m'])
})

describe('the reaping entry', () => {
  function container() {
    const d = new TreeDriver()
    const a = d.connect()
    d.createContainer(a, '/c')
    d.create(a, '/c/x')
    d.remove(a, '/c/x')
    return { d, a }
  }

  test('deletes as a delete does', () => {
    const { d } = container()
    const { err, changes, zxid } = d.reap('/c')
    expect(err).toBe(ErrorCode.ok)
    expect(changes.map(({ path }) => path)).toEqual(['/c', '/'])
    expect(d.tree.node('/c')).toBeUndefined()
    expect(d.tree.node('/')?.pzxid).toBe(zxid)
    expect(due(d, 1e9)).toEqual([])
  })

  test('looks again: used since, set since, deleted since, another node since', () => {
    const used = container()
    used.d.create(used.a, '/c/y')
    expect(used.d.reap('/c').err).toBe(ErrorCode.notEmpty)

    const d = new TreeDriver()
    const a = d.connect()
    d.createTtl(a, '/t', 50)
    d.setTime(1, 100)
    d.set(a, '/t', 'x')
    expect(d.reap('/t').err).toBe(ErrorCode.badVersion)
    d.setTime(1, 151)
    expect(d.reap('/t').err).toBe(ErrorCode.ok)
    expect(d.reap('/t').err).toBe(ErrorCode.noNode)
    d.create(a, '/t')
    expect(d.reap('/t').err).toBe(ErrorCode.badVersion)
    for (const path of ['/', '', 'x', '/zookeeper/config']) expect(d.reap(path).err).not.toBe(ErrorCode.ok)
  })
})
