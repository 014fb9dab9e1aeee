// Small rules of the protocol that comparing with Apache ZooKeeper brought to light, and rows of docs/internals/protocol-checklist.md without a home.

import { describe, expect, it } from 'vitest'
import { authenticate } from '../../core/replica/authenticate.ts'
import { readMultiReadResponse } from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { type Acl, OPEN_ACL, type Request } from '../../core/wire/records.ts'
import {
  readAclResponse,
  readCountResponse,
  readErrorResponse,
  readStringsResponse,
  readWhoAmIResponse,
} from '../../core/wire/responses.ts'
import { create, exists, type Frame, getData, PING, setData, type TestClient, TestHost } from './harness.ts'

const BAD_ARGUMENTS = -8
const MARSHALLING = -5
const NO_AUTH = -102
const NO_WATCHER = -121
const RECONFIG_DISABLED = -123
const PING_XID = -2

function frame(xid: number, op: number, body: string): Buffer {
  const bytes = Buffer.from(body.replaceAll(' ', ''), 'hex')
  const out = Buffer.alloc(12 + bytes.length)
  out.writeInt32BE(8 + bytes.length, 0)
  out.writeInt32BE(xid, 4)
  out.writeInt32BE(op, 8)
  bytes.copy(out, 12)
  return out
}

function errorsOf(client: TestClient, ...frames: readonly Buffer[]): number[] {
  const before = client.errors.length
  client.push(Buffer.concat(frames))
  return client.errors.slice(before)
}

function body(one: Frame | undefined): Reader {
  if (one?.type !== 'reply' || one.err !== 0) throw new Error('no good reply')
  return new Reader(one.body)
}

function acl(perms: number, scheme: string, id: string): Acl {
  return { perms, id: { scheme, id } }
}

function createWith(path: string, list: readonly Acl[] | null, flags = 0): Request {
  return { op: OpCode.create, path, data: null, acl: list, flags }
}

describe('a request that is no request', () => {
  it('of an unknown operation is answered without a zxid', () => {
    const client = new TestHost().client().connect()
    client.push(frame(9, 999, ''))
    expect(client.frames).toMatchObject([{ xid: 9, zxid: -1n, err: -6 }])
    expect(client.closed).toBe(true)
  })

  it('with a null path is refused with -5 by every read', () => {
    const client = new TestHost().client().connect()
    const ops = [OpCode.getData, OpCode.exists, OpCode.getChildren, OpCode.getChildren2, OpCode.getAcl, OpCode.getAllChildrenNumber]
    expect(errorsOf(client, ...ops.map((op, i) => frame(i + 1, op, 'ffffffff 00')))).toEqual(ops.map(() => MARSHALLING))
    expect(client.closed).toBe(false)
  })

  it('with a null path is refused with -5 by delete and by multiRead too', () => {
    const client = new TestHost().client().connect()
    expect(errorsOf(client, frame(1, OpCode.delete, 'ffffffff ffffffff'))).toEqual([MARSHALLING])
    expect(errorsOf(client, frame(2, OpCode.multiRead, '00000004 00 ffffffff ffffffff 00 ffffffff 01 ffffffff'))).toEqual([MARSHALLING])
  })

  it('with a NUL in its path is refused by exists, and leaves no watch', () => {
    const host = new TestHost()
    const client = host.client().connect()
    expect(errorsOf(client, frame(1, OpCode.exists, '00000003 2f0061 01'))).toEqual([BAD_ARGUMENTS])
    expect(host.replica.watches.count).toBe(0)
  })

  it('with a watcher type that does not exist is refused with -5', () => {
    const client = new TestHost().client().connect()
    for (const type of [0, 6, -1]) {
      const [check, remove] = client.ask({ op: OpCode.checkWatches, path: '/', type }, { op: OpCode.removeWatches, path: '/', type })
      expect([check, remove]).toMatchObject([{ err: MARSHALLING }, { err: MARSHALLING }])
    }
  })

  it('reconfig is read before it is refused', () => {
    const client = new TestHost().client().connect()
    expect(errorsOf(client, frame(1, OpCode.reconfig, 'ffffffff'))).toEqual([MARSHALLING])
    const whole: Request = { op: OpCode.reconfig, joiningServers: null, leavingServers: null, newMembers: null, curConfigId: -1 }
    expect(client.ask(whole)).toMatchObject([{ err: RECONFIG_DISABLED }])
  })

  it('with a negative count of ACLs has an empty list, which is refused as one', () => {
    const client = new TestHost().client().connect()
    expect(errorsOf(client, frame(1, OpCode.create, '00000002 2f61 00000000 fffffff0 00000000'))).toEqual([-114])
  })
})

describe('a ping', () => {
  it('is answered with the xid of pings, whatever it came with', () => {
    const client = new TestHost().client().connect()
    expect(errorsOf(client, frame(7, OpCode.ping, ''))).toEqual([0])
    expect(client.frames).toMatchObject([{ xid: PING_XID }])
  })

  it('keeps its place among pipelined reads and writes', () => {
    const client = new TestHost().client().connect()
    const frames = client.ask(create('/a'), PING, getData('/a'), PING)
    expect(frames.map((one) => (one.type === 'reply' ? one.xid : 0))).toEqual([1, PING_XID, 2, PING_XID])
  })
})

describe('a connection', () => {
  it('answers a thousand pipelined requests in their order', () => {
    const host = new TestHost()
    const client = host.client().connect()
    const requests = Array.from({ length: 1000 }, (_, i) => [create(`/n${i}`), exists(`/n${i}`), getData('/missing')][i % 3] as Request)
    client.ask(...requests)
    while (host.replica.hasWork) host.replica.endTurn()
    const xids = client.frames.map((one) => (one.type === 'reply' ? one.xid : 0))
    expect(xids).toEqual(requests.map((_, i) => i + 1))
  })

  it('sees header zxids that never go back', () => {
    const host = new TestHost()
    const [a, b] = [host.client().connect(), host.client().connect()]
    const zxids: bigint[] = []
    for (let i = 0; i < 20; i++) {
      const frames = i % 2 === 0 ? a.ask(create(`/n${i}`), exists('/')) : b.ask(setData('/n0', String(i)), getData('/missing'))
      for (const one of frames) zxids.push(one.zxid)
    }
    expect(zxids).toEqual([...zxids].sort((x, y) => (x < y ? -1 : 1)))
  })
})

describe('small reads', () => {
  it('getAllChildrenNumber counts what is below, for the root without itself and one more, as ZooKeeper does', () => {
    const client = new TestHost().client().connect()
    client.ask(create('/a'), create('/a/b'), create('/a/b/c'))
    expect(readCountResponse(body(client.ask({ op: OpCode.getAllChildrenNumber, path: '/a' })[0]))).toBe(2)
    expect(readCountResponse(body(client.ask({ op: OpCode.getAllChildrenNumber, path: '/a/b/c' })[0]))).toBe(0)
  })

  it('getEphemerals lists the own ones that begin with a string, not a path', () => {
    const host = new TestHost()
    const [a, b] = [host.client().connect(), host.client().connect()]
    a.ask(create('/a1', 1), create('/ab', 1), create('/b', 1))
    b.ask(create('/ac', 1))
    const list = (client: TestClient, path: string): string[] =>
      readStringsResponse(body(client.ask({ op: OpCode.getEphemerals, path })[0])).sort()
    expect(list(a, '/a')).toEqual(['/a1', '/ab'])
    expect(list(a, '/')).toEqual(['/a1', '/ab', '/b'])
    expect(list(b, '/')).toEqual(['/ac'])
  })

  it('whoAmI shows the address and the user name, never the hash', () => {
    const client = new TestHost().client().connect()
    client.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') })
    expect(readWhoAmIResponse(body(client.ask({ op: OpCode.whoAmI })[0]))).toEqual([
      { authScheme: 'ip', user: '127.0.0.1' },
      { authScheme: 'digest', user: 'ann' },
    ])
  })

  it('multiRead fails and succeeds op by op', () => {
    const client = new TestHost().client().connect()
    client.ask(create('/a', 0, 'x'), create('/a/b'))
    const ops = [
      { op: OpCode.getData, path: '/a', watch: false },
      { op: OpCode.getData, path: '/missing', watch: false },
      { op: OpCode.getChildren, path: '/a', watch: false },
    ] as const
    const results = readMultiReadResponse(body(client.ask({ op: OpCode.multiRead, ops })[0]))
    expect(results).toMatchObject([{ data: Buffer.from('x') }, { err: -101 }, { children: ['b'] }])
  })

  it('sync gives the path back verbatim, also of a node that is missing', () => {
    const client = new TestHost().client().connect()
    expect(body(client.ask({ op: OpCode.sync, path: '/not//there/' })[0]).ustring()).toBe('/not//there/')
  })

  it('getACL hides hashes from who may not administer', () => {
    const host = new TestHost()
    const [owner, reader] = [host.client().connect(), host.client().connect()]
    owner.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') })
    owner.ask(createWith('/a', [acl(31, 'auth', ''), acl(1, 'world', 'anyone')]))
    const shown = (client: TestClient): string =>
      readAclResponse(body(client.ask({ op: OpCode.getAcl, path: '/a' })[0])).acl[0]?.id.id ?? ''
    expect(shown(reader)).toBe('ann:x')
    expect(shown(owner)).not.toBe('ann:x')
    expect(shown(owner)).toMatch(/^ann:/)
  })

  it('a node without READ shows nothing: data, children, Stat, count', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(createWith('/a', [acl(30, 'world', 'anyone')]))
    const children: Request = { op: OpCode.getChildren, path: '/a', watch: false }
    const count: Request = { op: OpCode.getAllChildrenNumber, path: '/a' }
    for (const one of client.ask(getData('/a'), exists('/a'), children, count)) expect(one).toMatchObject({ err: NO_AUTH })
  })
})

describe('watch requests', () => {
  it('addWatch answers an int 0 for the two modes, -5 for others, also on a node that is missing', () => {
    const client = new TestHost().client().connect()
    for (const mode of [0, 1]) expect(readErrorResponse(body(client.ask({ op: OpCode.addWatch, path: '/missing', mode })[0]))).toBe(0)
    expect(client.ask({ op: OpCode.addWatch, path: '/a', mode: 2 })).toMatchObject([{ err: MARSHALLING }])
  })

  it('checkWatches leaves the watch where it is, and is -121 after it fired or on another connection', () => {
    const host = new TestHost()
    const [client, other] = [host.client().connect(), host.client().connect()]
    const check: Request = { op: OpCode.checkWatches, path: '/a', type: 2 }
    client.ask(create('/a'), getData('/a', true))
    expect(other.ask(check)).toMatchObject([{ err: NO_WATCHER }])
    expect(client.ask(check)).toMatchObject([{ err: 0 }])
    expect(other.ask(setData('/a', 'x'))).toMatchObject([{ err: 0 }])
    expect(client.frames.at(-1)).toMatchObject({ type: 'event', path: '/a' })
    expect(client.ask(check)).toMatchObject([{ err: NO_WATCHER }])
  })

  it('removeWatches removes the kind that is asked for and no other', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(create('/a'), getData('/a', true), { op: OpCode.getChildren, path: '/a', watch: true })
    client.ask({ op: OpCode.addWatch, path: '/a', mode: 0 }, { op: OpCode.addWatch, path: '/a', mode: 1 })
    for (const type of [1, 2, 4, 5]) {
      expect(client.ask({ op: OpCode.removeWatches, path: '/a', type })).toMatchObject([{ err: 0 }])
      expect(client.ask({ op: OpCode.removeWatches, path: '/a', type })).toMatchObject([{ err: NO_WATCHER }])
    }
    expect(host.replica.watches.count).toBe(0)
  })

  it('setWatches2 registers persistent kinds', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(create('/a'), setData('/a', 'x'))
    const frames = client.ask({
      op: OpCode.setWatches2,
      relativeZxid: host.replica.tree.lastZxid,
      data: [],
      exist: [],
      child: [],
      persistent: ['/a'],
      persistentRecursive: ['/'],
    })
    expect(frames).toMatchObject([{ type: 'reply', err: 0 }])
    expect(client.ask(create('/a/b')).filter((one) => one.type === 'event')).toMatchObject([
      { event: 1, path: '/a/b' },
      { event: 4, path: '/a' },
    ])
  })

  it('a failed read of a missing node leaves no watch, exists does', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(getData('/a', true), { op: OpCode.getChildren, path: '/a', watch: true })
    expect(host.replica.watches.count).toBe(0)
    client.ask(exists('/a', true))
    expect(host.replica.watches.count).toBe(1)
  })

  it('of a deleted node say so once, though data and children were watched', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(create('/a'), getData('/a', true), { op: OpCode.getChildren, path: '/a', watch: true })
    const events = client.ask({ op: OpCode.delete, path: '/a', version: -1 }).filter((one) => one.type === 'event')
    expect(events).toMatchObject([{ event: 2, path: '/a' }])
  })

  it('several children of one multi make one child event', () => {
    const client = new TestHost().client().connect()
    client.ask(create('/a'), { op: OpCode.getChildren, path: '/a', watch: true })
    const child = (name: string) => ({ op: OpCode.create, path: `/a/${name}`, data: null, acl: OPEN_ACL, flags: 0 }) as const
    const events = client.ask({ op: OpCode.multi, ops: [child('x'), child('y'), child('z')] }).filter((one) => one.type === 'event')
    expect(events).toMatchObject([{ event: 4, path: '/a' }])
  })
})

describe('identities', () => {
  const sha1 = (bytes: Buffer): Buffer => Buffer.from(`sha1(${bytes.toString()})`)

  it('cannot be taken by naming a scheme that the server gives out itself', () => {
    for (const scheme of ['super', 'world', 'auth', 'sasl', 'x509', '']) {
      expect(authenticate(scheme, Buffer.from('super:'), '127.0.0.1', [], 'super:x', sha1)).toBeNull()
    }
  })

  it('of a request count on its own connection only', () => {
    const host = new TestHost()
    const [owner, other] = [host.client().connect(), host.client().connect()]
    owner.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') })
    owner.ask(createWith('/a', [acl(31, 'auth', '')]))
    expect(owner.ask(getData('/a'))).toMatchObject([{ err: 0 }])
    expect(other.ask(getData('/a'))).toMatchObject([{ err: NO_AUTH }])
  })
})
