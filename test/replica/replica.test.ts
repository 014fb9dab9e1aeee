import { describe, expect, it } from 'vitest'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Request } from '../../core/wire/records.ts'
import { CLOSE, create, exists, type Frame, getData, PING, setData, TestHost } from './harness.ts'

const NO_NODE = -101
const UNIMPLEMENTED = -6

function shape(frames: readonly Frame[]): string[] {
  return frames.map((frame) => (frame.type === 'reply' ? `reply ${frame.xid} ${frame.err}` : `event ${frame.event} ${frame.path}`))
}

function dataOf(frame: Frame | undefined): string {
  if (frame?.type !== 'reply') throw new Error('no reply')
  return frame.body.subarray(4, 4 + frame.body.readInt32BE(0)).toString()
}

function sessionOf(client: { session: { sessionHi: number; sessionLo: number; password: Uint8Array } | null }) {
  if (client.session === null) throw new Error('no session')
  return { hi: client.session.sessionHi, lo: client.session.sessionLo, password: client.session.password }
}

describe('the handshake', () => {
  it('makes a session with a clamped timeout and a password', () => {
    const client = new TestHost().client().connect(null, 10)
    expect(client.session).toMatchObject({ protocolVersion: 0, timeoutMs: 200, readOnly: false })
    expect(client.session?.sessionHi).not.toBe(0)
  })

  it('is answered only when the session is durable', () => {
    const host = new TestHost()
    host.autoPersist = false
    const client = host.client().connect()
    expect(client.session).toBeNull()
    host.completePersist()
    expect(client.session?.timeoutMs).toBe(1000)
  })

  it('takes up a session with its password and closes the former connection', () => {
    const host = new TestHost()
    const first = host.client().connect()
    const second = host.client().connect(sessionOf(first))
    expect(second.session?.sessionLo).toBe(first.session?.sessionLo)
    expect(first.closed).toBe(true)
    expect(second.closed).toBe(false)
  })

  it.each([
    ['a wrong password', (s: ReturnType<typeof sessionOf>) => ({ ...s, password: Buffer.alloc(16, 7) })],
    ['an unknown id', (s: ReturnType<typeof sessionOf>) => ({ ...s, lo: s.lo + 1 })],
  ])('refuses %s with timeout 0', (_, change) => {
    const host = new TestHost()
    const client = host.client().connect(change(sessionOf(host.client().connect())))
    expect(client.session).toMatchObject({ timeoutMs: 0, sessionHi: 0, sessionLo: 0 })
    expect(client.closed).toBe(true)
    expect(host.replica.counters.refusals.get('session_refused')).toBe(1)
  })

  it('closes on a client that is ahead without a word, after a second', () => {
    const host = new TestHost()
    const client = host.client().connect(null, 1000, 2 ** 50)
    host.advance(900)
    expect(client.closed).toBe(false)
    host.advance(200)
    expect(client.closed).toBe(true)
    expect(client.session).toBeNull()
  })

  it('may be followed by requests in the same chunk', () => {
    const host = new TestHost()
    const client = host.client()
    const requests = client.encode(create('/a'), getData('/a'))
    client.connect()
    const other = host.client()
    host.autoPersist = false
    other.connect()
    other.push(requests)
    expect(other.frames).toEqual([])
    host.completePersist()
    host.completePersist()
    expect(other.errors).toEqual([0, 0])
  })

  it('must come within its time', () => {
    const host = new TestHost()
    const client = host.client()
    host.advance(5100)
    expect(client.closed).toBe(true)
    expect(host.replica.counters.refusals.get('handshake_timeout')).toBe(1)
  })

  it('hands four-letter words to the host, also when they drip', () => {
    const client = new TestHost().client()
    for (const byte of Buffer.from('ruok')) client.push(Buffer.from([byte]))
    expect(client.words).toEqual(['ruok'])
  })
})

describe('the nonce of a process', () => {
  it.each([0x00, 0x7f, 0x80, 0xff])('may begin with any byte (0x%s): the replies of its clients find their way', (first) => {
    const host = new TestHost({}, first)
    expect(host.replica.origin.nonceHi).toBeGreaterThan(0)
    expect(host.client().connect().ask(create('/a'))).toMatchObject([{ err: 0 }])
  })
})

describe('requests of one session', () => {
  it('are answered in order though reads are faster than writes', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    client.push(client.encode(create('/a'), getData('/a'), setData('/a', 'x'), getData('/a'), PING))
    expect(client.frames).toEqual([])
    host.completePersist()
    expect(shape(client.frames)).toEqual(['reply 1 0', 'reply 2 0', 'reply 3 0', 'reply 4 0', 'reply -2 0'])
    expect(dataOf(client.frames[1])).toBe('')
    expect(dataOf(client.frames[3])).toBe('x')
  })

  it('see nothing of a write before it is durable, in other sessions too', () => {
    const host = new TestHost()
    const [writer, reader] = [host.client().connect(), host.client().connect()]
    host.autoPersist = false
    writer.push(writer.encode(create('/a')))
    expect(shape(reader.ask(exists('/a')))).toEqual([`reply 1 ${NO_NODE}`])
    host.completePersist()
    expect(shape(reader.ask(exists('/a')))).toEqual(['reply 2 0'])
  })

  it('go to disk as one batch per turn, and gather while one is there', () => {
    const host = new TestHost()
    const clients = [host.client().connect(), host.client().connect(), host.client().connect()]
    host.autoPersist = false
    const before = host.batches.length
    for (const [i, client] of clients.entries()) client.raw(client.encode(create(`/a${i}`), create(`/b${i}`)))
    host.replica.endTurn()
    expect(host.batches.slice(before).map(({ entries }) => entries.length)).toEqual([6])
    for (const [i, client] of clients.entries()) client.push(client.encode(create(`/c${i}`)))
    expect(host.batches.length).toBe(before + 1)
    host.completePersist()
    expect(host.batches.slice(before).map(({ entries }) => entries.length)).toEqual([6, 3])
    host.completePersist()
    for (const client of clients) expect(client.errors).toEqual([0, 0, 0])
  })

  it('a failed write answers its code and takes a zxid', () => {
    const host = new TestHost()
    const client = host.client().connect()
    const [first, failed, second] = client.ask(create('/a'), create('/a'), create('/b'))
    if (first?.type !== 'reply' || failed?.type !== 'reply' || second?.type !== 'reply') throw new Error('no replies')
    expect(failed.err).toBe(-110)
    expect([failed.zxid - first.zxid, second.zxid - failed.zxid]).toEqual([1n, 1n])
  })

  it('an unknown operation is answered in its turn, then the connection closes', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    const unknown = client.encode(create('/a'))
    const bogus = Buffer.from([0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 3, 231])
    client.push(Buffer.concat([unknown, bogus, client.encode(create('/never'))]))
    host.completePersist()
    expect(shape(client.frames)).toEqual(['reply 1 0', `reply 9 ${UNIMPLEMENTED}`])
    expect(client.closed).toBe(true)
  })

  it('check outside a multi is unknown', () => {
    const client = new TestHost().client().connect()
    expect(shape(client.ask({ op: OpCode.check, path: '/', version: -1 }))).toEqual([`reply 1 ${UNIMPLEMENTED}`])
    expect(client.closed).toBe(true)
  })

  it('a body that cannot be read is answered with -5 and harms nothing', () => {
    const client = new TestHost().client().connect()
    // getData with a string length of 2^30
    client.push(Buffer.from([0, 0, 0, 13, 0, 0, 0, 1, 0, 0, 0, 4, 0x40, 0, 0, 0, 1]))
    // create with nothing in it
    client.push(Buffer.from([0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 1]))
    expect(client.errors).toEqual([-5, -5])
    expect(client.closed).toBe(false)
    expect(client.ask(exists('/')).length).toBe(1)
  })

  it('a frame above the limit closes the connection and nothing else', () => {
    const host = new TestHost()
    const [bad, good] = [host.client().connect(), host.client().connect()]
    bad.push(Buffer.from([0x00, 0x20, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]))
    expect(bad.closed).toBe(true)
    expect(host.replica.counters.refusals.get('frame_size')).toBe(1)
    expect(good.ask(PING)).toHaveLength(1)
  })
})

describe('watches', () => {
  it('are heard before the reply that reveals the change, on the writer too', () => {
    const host = new TestHost()
    const [writer, other] = [host.client().connect(), host.client().connect()]
    writer.ask(create('/a'))
    other.ask(getData('/a', true))
    expect(shape(writer.ask(getData('/a', true), setData('/a', 'x')))).toEqual(['reply 2 0', 'event 3 /a', 'reply 3 0'])
    expect(shape(other.frames)).toEqual(['reply 1 0', 'event 3 /a'])
  })

  it('carry the zxid of the change', () => {
    const client = new TestHost().client().connect()
    const [, event, reply] = client.ask(exists('/a', true), create('/a'))
    expect(event?.zxid).toBe(reply?.zxid)
  })

  it('exists on a missing znode waits for its creation', () => {
    const client = new TestHost().client().connect()
    expect(shape(client.ask(exists('/a', true), create('/a'), setData('/a', 'x')))).toEqual([
      `reply 1 ${NO_NODE}`,
      'event 1 /a',
      'reply 2 0',
      'reply 3 0',
    ])
  })

  it('are filtered by READ, and consumed all the same', () => {
    const host = new TestHost()
    const [owner, stranger] = [host.client().connect(), host.client().connect()]
    owner.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') })
    stranger.ask(exists('/a', true))
    const acl = [{ perms: 31, id: { scheme: 'auth', id: '' } }]
    expect(owner.ask({ op: OpCode.create, path: '/a', data: null, acl, flags: 0 })).toMatchObject([{ err: 0 }])
    expect(shape(stranger.frames)).toEqual([`reply 1 ${NO_NODE}`])
    expect(host.replica.watches.count).toBe(0)
  })

  it('are re-armed by setWatches, with what was missed', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(create('/changed'), create('/same'), create('/gone'))
    const seen = host.replica.tree.lastZxid
    client.ask(setData('/changed', 'x'), { op: OpCode.delete, path: '/gone', version: -1 }, create('/new'))
    const from = client.frames.length
    client.ask({
      op: OpCode.setWatches2,
      relativeZxid: seen,
      data: ['/changed', '/same', '/gone'],
      exist: ['/new', '/never'],
      child: ['/'],
      persistent: ['/same'],
      persistentRecursive: [],
    })
    expect(shape(client.frames.slice(from))).toEqual(['event 3 /changed', 'event 2 /gone', 'event 1 /new', 'event 4 /', 'reply 7 0'])
    expect(host.replica.watches.count).toBe(3)
  })

  it('leave nothing behind when the connection goes', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(exists('/a', true), { op: OpCode.addWatch, path: '/', mode: 1 })
    expect(host.replica.watches.count).toBe(2)
    host.replica.closed(client.connection)
    expect(host.replica.watches.count).toBe(0)
  })
})

describe('sessions', () => {
  it('closing one removes its ephemerals before the reply, then closes the connection', () => {
    const host = new TestHost()
    const [owner, other] = [host.client().connect(), host.client().connect()]
    owner.ask(create('/e', 1))
    other.ask(exists('/e', true))
    expect(shape(owner.ask(CLOSE))).toEqual(['reply 2 0'])
    expect(owner.closed).toBe(true)
    expect(shape(other.frames)).toEqual(['reply 1 0', 'event 2 /e'])
    expect(host.replica.tree.sessions.size).toBe(1)
  })

  it('a silent one expires between its timeout and a tick more; one that pings lives', () => {
    const host = new TestHost()
    const [silent, alive] = [host.client().connect(null, 1000), host.client().connect(null, 1000)]
    silent.ask(create('/silent', 1))
    alive.ask(create('/alive', 1))
    for (let t = 0; t < 950; t += 50) {
      alive.ask(PING)
      host.advance(50)
      expect(host.replica.tree.node('/silent')).toBeDefined()
    }
    for (let t = 0; t < 250; t += 50) {
      alive.ask(PING)
      host.advance(50)
    }
    expect(host.replica.tree.node('/silent')).toBeUndefined()
    expect(silent.closed).toBe(true)
    for (let t = 0; t < 5000; t += 50) {
      alive.ask(PING)
      host.advance(50)
    }
    expect(host.replica.tree.node('/alive')).toBeDefined()
  })

  it('outlive their connection until they expire', () => {
    const host = new TestHost()
    const client = host.client().connect(null, 1000)
    client.ask(create('/e', 1))
    host.replica.closed(client.connection)
    host.advance(500)
    const again = host.client().connect(sessionOf(client))
    expect(again.session?.timeoutMs).toBe(1000)
    host.advance(800)
    expect(host.replica.tree.node('/e')).toBeDefined()
    host.advance(500)
    expect(host.replica.tree.node('/e')).toBeUndefined()
  })

  it('lose nothing while this process did not run', () => {
    const host = new TestHost()
    const client = host.client().connect(null, 1000)
    client.ask(create('/e', 1))
    host.advance(50)
    host.nowMs += 60_000
    host.replica.setTime(host.nowMs, host.nowMs)
    host.replica.tick()
    host.replica.endTurn()
    expect(host.replica.tree.node('/e')).toBeDefined()
    host.advance(1500)
    expect(host.replica.tree.node('/e')).toBeUndefined()
  })

  it('a write that was under way on the former connection is refused after the attach', () => {
    const host = new TestHost()
    const former = host.client().connect()
    host.autoPersist = false
    const again = host.client().connect(sessionOf(former))
    // The attach is at the disk; the former connection does not know yet and writes behind it.
    former.push(former.encode(create('/late')))
    host.completePersist()
    host.completePersist()
    expect(again.session?.timeoutMs).toBe(1000)
    expect(host.replica.tree.node('/late')).toBeUndefined()
    expect(former.closed).toBe(true)
  })
})

describe('auth', () => {
  it('gives identities that count from the next request on, in order', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    const auth: Request = { op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') }
    const acl = [{ perms: 31, id: { scheme: 'auth', id: '' } }]
    client.push(client.encode(create('/x'), auth, { op: OpCode.create, path: '/a', data: null, acl, flags: 0 }))
    host.completePersist()
    expect(shape(client.frames)).toEqual(['reply 1 0', 'reply -4 0', 'reply 2 0'])
  })

  it('that fails is told so, then the connection closes', () => {
    const client = new TestHost().client().connect()
    expect(shape(client.ask({ op: OpCode.auth, type: 0, scheme: 'nonsense', auth: Buffer.from('x') }))).toEqual(['reply -4 -115'])
    expect(client.closed).toBe(true)
  })

  it('makes a super user of whoever knows the password', () => {
    const host = new TestHost({ superDigest: `super:${Buffer.from('sha1(super:pw)').toString('base64')}` })
    const [owner, admin] = [host.client().connect(), host.client().connect()]
    const acl = [{ perms: 31, id: { scheme: 'digest', id: 'ann:hash' } }]
    owner.ask({ op: OpCode.create, path: '/a', data: null, acl, flags: 0 })
    expect(admin.ask(getData('/a'))).toMatchObject([{ err: -102 }])
    admin.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('super:pw') })
    expect(admin.ask(getData('/a'))).toMatchObject([{ err: 0 }])
  })
})

describe('the leader', () => {
  it('removes containers and TTL znodes that are due', () => {
    const host = new TestHost()
    const client = host.client().connect(null, 10_000)
    client.ask({
      op: OpCode.createContainer,
      path: '/c',
      data: null,
      acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }],
      flags: 4,
    })
    client.ask(create('/c/x'), { op: OpCode.delete, path: '/c/x', version: -1 })
    client.ask({
      op: OpCode.createTtl,
      path: '/t',
      data: null,
      acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }],
      flags: 5,
      ttlMs: 500,
    })
    expect(client.errors).toEqual([0, 0, 0, 0])
    host.advance(2500)
    expect(host.replica.tree.node('/c')).toBeUndefined()
    expect(host.replica.tree.node('/t')).toBeUndefined()
  })

  it('writes its settings into the log when they differ from those in force', () => {
    const host = new TestHost({ enforceQuota: true })
    expect(host.replica.tree.settings.enforceQuota).toBe(true)
  })

  it('takes a snapshot every so many entries', () => {
    const host = new TestHost({ snapshotEveryEntries: 10 })
    const client = host.client().connect()
    for (let i = 0; i < 35; i++) client.ask(create(`/n${i}`))
    expect(host.snapshots.length).toBeGreaterThanOrEqual(3)
    for (const meta of host.snapshots) expect(meta.term).toBe(1)
  })
})
