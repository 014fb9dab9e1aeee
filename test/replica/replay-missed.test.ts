// Persistent watches that come back: a connection goes, the tree changes, setWatches2 on the next connection tells what was missed.

import { describe, expect, it } from 'vitest'
import type { ReplicaOptions } from '../../core/replica/host.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Request } from '../../core/wire/records.ts'
import { readSetWatches2Response } from '../../core/wire/responses.ts'
import { create, type Frame, setData, type TestClient, TestHost } from './harness.ts'

function remove(path: string): Request {
  return { op: OpCode.delete, path, version: -1 }
}

function rearm(relativeZxid: number, persistent: string[], persistentRecursive: string[]): Request {
  return { op: OpCode.setWatches2, relativeZxid, data: [], exist: [], child: [], persistent, persistentRecursive }
}

function events(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => (frame.type === 'event' ? [`${frame.zxid} ${frame.event} ${frame.path}`] : []))
}

/** How far back the reply says that it covered. */
function covered(frames: readonly Frame[]): number {
  const reply = frames.at(-1)
  if (reply?.type !== 'reply' || reply.err !== 0) throw new Error('no good reply at the end')
  return Number(readSetWatches2Response(new Reader(reply.body)))
}

interface Scene {
  readonly host: TestHost
  readonly writer: TestClient
  /** The zxid that the client had seen when its connection went. */
  readonly seen: number
  back(): TestClient
}

function scene(options: Partial<ReplicaOptions> = {}, before: readonly Request[] = [create('/a'), create('/b')]): Scene {
  const host = new TestHost(options)
  const writer = host.client().connect()
  writer.ask(...before)
  return { host, writer, seen: host.replica.tree.lastZxid, back: () => host.client().connect() }
}

describe('setWatches2', () => {
  it('replays what an exact watch missed, with its zxids, before the reply: a delete and a creation are two events', () => {
    const { writer, seen, back } = scene()
    writer.ask(remove('/a'), create('/a'), create('/a/child'), setData('/b', 'x'))
    const frames = back().ask(rearm(seen, ['/a'], []))
    expect(events(frames)).toEqual([`${seen + 1} 2 /a`, `${seen + 2} 1 /a`, `${seen + 3} 4 /a`])
    expect(covered(frames)).toBeLessThanOrEqual(seen)
  })

  it('replays for recursive watches what is at and below their paths, without children events, each change once', () => {
    const { writer, seen, back } = scene()
    writer.ask(create('/a/x'), create('/ab'), setData('/a', '1'), create('/a/x/y'), remove('/a/x/y'))
    const frames = back().ask(rearm(seen, ['/a'], ['/a', '/a/x']))
    expect(events(frames)).toEqual([
      `${seen + 1} 1 /a/x`,
      `${seen + 1} 4 /a`,
      `${seen + 3} 3 /a`,
      `${seen + 4} 1 /a/x/y`,
      `${seen + 5} 2 /a/x/y`,
    ])
  })

  it('keeps the order within one transaction', () => {
    const { writer, seen, back } = scene()
    writer.ask({ op: OpCode.multi, ops: [create('/a/1'), remove('/a/1'), create('/a/2')] } as Request)
    const frames = back().ask(rearm(seen, [], ['/a']))
    const zxid = seen + 1
    expect(events(frames)).toEqual([`${zxid} 1 /a/1`, `${zxid} 2 /a/1`, `${zxid} 1 /a/2`])
  })

  it('goes on live after the replay, and covers from now on what nothing was missed of', () => {
    const { writer, seen, back } = scene()
    const client = back()
    expect(events(client.ask(rearm(seen, ['/a'], [])))).toEqual([])
    writer.ask(setData('/a', 'x'))
    expect(events(client.frames).length).toBe(1)
  })

  it('shows nobody what he could not have read at that moment', () => {
    const secret = [{ perms: 31, id: { scheme: 'auth', id: '' } }]
    const { host, writer, seen, back } = scene()
    writer.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('me:pw') })
    writer.ask({ op: OpCode.create, path: '/a/hidden', data: null, acl: secret, flags: 0 }, setData('/a/hidden', 'x'), create('/a/open'))
    // Opened up later: what happened before stays hidden.
    writer.ask({ op: OpCode.setAcl, path: '/a/hidden', acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }], version: -1 })
    writer.ask(setData('/a/hidden', 'y'))
    const last = host.replica.tree.lastZxid
    expect(events(back().ask(rearm(seen, [], ['/a'])))).toEqual([`${seen + 3} 1 /a/open`, `${last} 3 /a/hidden`])
  })

  it('replays nothing and says so when the history does not reach back far enough', () => {
    const { host, writer, seen, back } = scene({ watchHistoryEntries: 3 })
    for (let i = 0; i < 5; i++) writer.ask(setData('/a', String(i)))
    const frames = back().ask(rearm(seen, ['/a'], []))
    expect(events(frames)).toEqual([])
    expect(covered(frames)).toBe(host.replica.tree.lastZxid)
    const near = back().ask(rearm(seen + 3, ['/a'], []))
    expect(events(near)).toEqual([`${seen + 4} 3 /a`, `${seen + 5} 3 /a`])
    expect(covered(near)).toBeLessThanOrEqual(seen + 3)
  })

  it('replays nothing and says so when it would be more than a megabyte', () => {
    const { host, writer, seen, back } = scene({ watchHistoryEntries: 100_000, watchHistoryBytes: 1 << 26 })
    const path = `/a/${'n'.repeat(4000)}`
    writer.ask(create(path))
    for (let i = 0; i < 300; i++) writer.ask(setData(path, String(i)))
    const frames = back().ask(rearm(seen, [], ['/a']))
    expect(events(frames)).toEqual([])
    expect(covered(frames)).toBe(host.replica.tree.lastZxid)
    expect(covered(back().ask(rearm(seen, ['/a'], [])))).toBeLessThanOrEqual(seen)
  })

  it('tells one-shot kinds exactly what ZooKeeper tells them, and setWatches has no trailing long', () => {
    const { writer, seen, back } = scene()
    writer.ask(remove('/a'), create('/a'))
    const lists = { relativeZxid: seen, data: ['/a'], exist: [], child: ['/b'], persistent: [], persistentRecursive: [] }
    const two = back().ask({ op: OpCode.setWatches2, ...lists })
    expect(events(two)).toEqual(['-1 3 /a'])
    const one = back().ask({ op: OpCode.setWatches, ...lists })
    expect(events(one)).toEqual(['-1 3 /a'])
    expect(one.at(-1)).toMatchObject({ type: 'reply', err: 0, body: Buffer.alloc(0) })
  })
})
