import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AcceptorHandshake } from '../../core/peer/acceptor-handshake.ts'
import { BadBytes } from '../../core/peer/bad-bytes.ts'
import { DiallerHandshake } from '../../core/peer/dialler-handshake.ts'
import { type Frame, FrameKind, type ReceivedFrame, readFrame } from '../../core/peer/frame.ts'
import { decodeRefusal, encodeHello, handshakeFrame, refusalFrame, type VersionRange } from '../../core/peer/handshake-codec.ts'
import { judgeClaim, type PeerAddress, type PeerClaim, type PeerIdentity } from '../../core/peer/identity.ts'
import { address, identity, incarnationOf } from './link-world.ts'

const SECRET = Buffer.from('the secret of this ensemble')
const dialler = identity(1)
const acceptor = identity(2)

interface Case {
  readonly claim?: Partial<PeerClaim>
  readonly self?: PeerIdentity
  readonly known?: PeerAddress | null
  readonly expected?: Partial<PeerAddress>
  readonly dials?: VersionRange
  readonly accepts?: VersionRange
  readonly diallerSecret?: Buffer | null
  readonly acceptorSecret?: Buffer | null
}

const V1: VersionRange = { min: 1, max: 1 }

function received(frame: Frame): ReceivedFrame {
  return readFrame(Buffer.concat(frame.buffers))
}

function claimOf(more: Partial<PeerClaim> = {}): PeerClaim {
  return { identity: dialler, lane: 'control', linkNumber: 1, expectedServerId: 2, expectedIncarnation: incarnationOf(2), ...more }
}

function ends(it: Case): {
  readonly dial: DiallerHandshake
  readonly accept: AcceptorHandshake
  readonly judge: Parameters<AcceptorHandshake['hello']>[1]
} {
  const self = it.self ?? acceptor
  const known = it.known === undefined ? address(1, 9) : it.known
  return {
    dial: new DiallerHandshake(claimOf(it.claim), address(2, 9, it.expected), it.dials ?? V1, it.diallerSecret ?? null, randomBytes(32)),
    accept: new AcceptorHandshake(self, it.accepts ?? V1, it.acceptorSecret ?? null, randomBytes(32)),
    judge: (claim) => judgeClaim(claim, self, known ?? undefined),
  }
}

/** What the two come to: `ok <version>`, or who refused and why. */
function outcome(it: Case): string {
  const { dial, accept, judge } = ends(it)
  const sent = dial.frame(received(accept.greeting))
  if (sent.kind !== 'send') return `dialler: ${sent.kind}`
  const heard = accept.hello(received(sent.frame), judge)
  if (heard.kind === 'refused') {
    const told = dial.frame(received(refusalFrame(heard.refusal)))
    return told.kind === 'refused' ? `${told.by}: ${told.reason}` : told.kind
  }
  const done = dial.frame(received(accept.welcome(heard.version)))
  if (done.kind === 'done') return `ok ${done.version} ${done.identity.serverId}`
  return done.kind === 'refused' ? `${done.by}: ${done.reason}` : done.kind
}

const other = Buffer.from('the secret of another one')
const stranger = { ...identity(2), incarnation: incarnationOf(77) }

const CASES: readonly { readonly name: string; readonly it: Case; readonly expected: string }[] = [
  { name: 'two that fit', it: {}, expected: 'ok 1 2' },
  { name: 'two that know the secret', it: { diallerSecret: SECRET, acceptorSecret: SECRET }, expected: 'ok 1 2' },
  { name: 'another secret', it: { diallerSecret: other, acceptorSecret: SECRET }, expected: 'acceptor: secret' },
  { name: 'no secret', it: { acceptorSecret: SECRET }, expected: 'acceptor: secret' },
  { name: 'a secret where there is none', it: { diallerSecret: SECRET }, expected: 'acceptor: secret' },
  { name: 'no common version', it: { dials: { min: 2, max: 4 } }, expected: 'acceptor: version' },
  { name: 'no common version, the older dials', it: { accepts: { min: 2, max: 3 } }, expected: 'acceptor: version' },
  { name: 'the highest common version', it: { dials: { min: 1, max: 4 }, accepts: { min: 2, max: 3 } }, expected: 'ok 3 2' },
  { name: 'another cluster', it: { claim: { identity: { ...dialler, clusterId: 'beef' } } }, expected: 'acceptor: cluster' },
  { name: 'a dialler without a cluster', it: { claim: { identity: { ...dialler, clusterId: '' } } }, expected: 'ok 1 2' },
  { name: 'an acceptor without a cluster', it: { self: { ...acceptor, clusterId: '' } }, expected: 'ok 1 2' },
  { name: 'an unknown server', it: { known: null }, expected: 'acceptor: unknownServer' },
  {
    name: 'a server that lost its data',
    it: { claim: { identity: { ...dialler, incarnation: incarnationOf(9) } } },
    expected: 'acceptor: incarnation',
  },
  { name: 'a server whose incarnation is not known yet', it: { known: address(1, 9, { incarnation: '' }) }, expected: 'ok 1 2' },
  { name: 'a dialler with the own id', it: { claim: { identity: { ...dialler, serverId: 2 } } }, expected: 'acceptor: sameServer' },
  { name: 'a call for another server', it: { claim: { expectedServerId: 3 } }, expected: 'acceptor: wrongServer' },
  { name: 'a call for another incarnation', it: { self: stranger }, expected: 'acceptor: wrongServer' },
  {
    name: 'an acceptor of another id',
    it: { self: identity(5), claim: { expectedServerId: 5, expectedIncarnation: '' } },
    expected: 'dialler: wrongServer',
  },
  {
    name: 'an acceptor of another incarnation',
    it: { self: stranger, claim: { expectedIncarnation: '' } },
    expected: 'dialler: incarnation',
  },
  {
    name: 'an acceptor whose incarnation is not known yet',
    it: { self: stranger, claim: { expectedIncarnation: '' }, expected: { incarnation: '' } },
    expected: 'ok 1 2',
  },
]

describe('a handshake', () => {
  it.each(CASES)('of $name: $expected', ({ it, expected }) => {
    expect(outcome(it)).toBe(expected)
  })

  it('says in words what was wrong', () => {
    const { dial, accept, judge } = ends({ claim: { expectedServerId: 3 } })
    const sent = dial.frame(received(accept.greeting))
    const heard = sent.kind === 'send' ? accept.hello(received(sent.frame), judge) : null
    expect(heard).toMatchObject({ kind: 'refused', refusal: { text: `this is server 2, incarnation ${incarnationOf(2)}` } })
  })

  it('tells a stranger nothing of the ensemble', () => {
    const { dial, accept, judge } = ends({ acceptorSecret: SECRET, diallerSecret: other, claim: { expectedServerId: 3 } })
    const sent = dial.frame(received(accept.greeting))
    const heard = sent.kind === 'send' ? accept.hello(received(sent.frame), judge) : null
    expect(heard).toEqual({ kind: 'refused', claim: null, refusal: { reason: 'secret', text: 'the ensemble secret is not the same' } })
    const greeting = Buffer.concat(accept.greeting.buffers)
    for (const fact of [acceptor.incarnation, acceptor.bootNonce, Buffer.from(acceptor.clusterId).toString('hex')]) {
      expect(greeting.toString('hex')).not.toContain(fact)
    }
  })
})

describe('an attacker who does not know the secret', () => {
  const secrets = { diallerSecret: SECRET, acceptorSecret: SECRET }

  function honestHello(accept: AcceptorHandshake, more: Case = {}): ReceivedFrame {
    const sent = ends({ ...secrets, ...more }).dial.frame(received(accept.greeting))
    if (sent.kind !== 'send') throw new Error(sent.kind)
    return received(sent.frame)
  }

  it('gains nothing by a hello that was recorded', () => {
    const first = ends(secrets)
    const hello = honestHello(first.accept)
    expect(first.accept.hello(hello, first.judge).kind).toBe('claimed')
    const second = ends(secrets)
    expect(second.accept.hello(hello, second.judge)).toMatchObject({ kind: 'refused', refusal: { reason: 'secret' } })
  })

  it('gains nothing by a welcome that was recorded', () => {
    const first = ends(secrets)
    const hello = first.dial.frame(received(first.accept.greeting))
    if (hello.kind !== 'send') throw new Error(hello.kind)
    first.accept.hello(received(hello.frame), first.judge)
    const welcome = received(first.accept.welcome(1))
    expect(first.dial.frame(welcome).kind).toBe('done')
    const second = ends(secrets)
    second.dial.frame(received(first.accept.greeting))
    expect(second.dial.frame(welcome)).toMatchObject({ kind: 'refused', by: 'dialler', reason: 'secret' })
  })

  it("gains nothing by sending a server's own proof back to it", () => {
    // Server 2 dials the attacker, who gives it the greeting of server 2's own port, and takes the hello there.
    const victim = ends(secrets)
    const claim = claimOf({ identity: acceptor, expectedServerId: 1, expectedIncarnation: incarnationOf(1) })
    const dial = new DiallerHandshake(claim, address(1, 9), V1, SECRET, randomBytes(32))
    const sent = dial.frame(received(victim.accept.greeting))
    if (sent.kind !== 'send') throw new Error(sent.kind)
    expect(victim.accept.hello(received(sent.frame), victim.judge)).toMatchObject({ kind: 'refused', refusal: { reason: 'wrongServer' } })
    // Nor does the proof of a hello pass for that of a welcome.
    const hello = received(sent.frame)
    const welcome = received(ends({ ...secrets, self: identity(1) }).accept.welcome(1))
    expect(dial.frame({ ...welcome, body: hello.body })).toMatchObject({ kind: 'refused', by: 'dialler', reason: 'secret' })
  })

  it('cannot change a word of what was proved', () => {
    const world = ends(secrets)
    const claim = claimOf()
    const mine = encodeHello({ versions: V1, nonce: randomBytes(32), claim: { ...claim, linkNumber: 9 } })
    const proof = honestHello(world.accept).body
    const forged = received(handshakeFrame('hello', mine, Buffer.from(proof)))
    expect(world.accept.hello(forged, world.judge)).toMatchObject({ kind: 'refused', refusal: { reason: 'secret' } })
    for (const cut of [Buffer.alloc(0), proof.subarray(1), Buffer.concat([proof, Buffer.alloc(1)])]) {
      const again = ends(secrets)
      const hello = honestHello(again.accept)
      expect(again.accept.hello({ ...hello, body: cut }, again.judge)).toMatchObject({ refusal: { reason: 'secret' } })
    }
  })

  it('cannot have an older version chosen', () => {
    const world = ends({ ...secrets, accepts: { min: 1, max: 2 } })
    const hello = honestHello(world.accept, { dials: { min: 1, max: 2 } })
    // The greeting that the dialler saw was changed on its way.
    const tampered = ends({ ...secrets, accepts: V1 })
    expect(tampered.accept.hello(hello, tampered.judge)).toMatchObject({ kind: 'refused', refusal: { reason: 'secret' } })
  })
})

describe('malformed handshakes', () => {
  it('are bad bytes at either end', () => {
    const { dial, accept, judge } = ends({})
    const hello = (claim: Partial<PeerClaim>, nonce = randomBytes(32)): ReceivedFrame =>
      received(handshakeFrame('hello', encodeHello({ versions: V1, nonce, claim: claimOf(claim) }), null))
    const bad: readonly ReceivedFrame[] = [
      hello({ linkNumber: 0 }),
      hello({ linkNumber: 1.5 }),
      hello({ lane: 'side' as 'bulk' }),
      hello({}, randomBytes(31)),
      hello({ identity: { ...dialler, incarnation: 'abcd' } }),
      hello({ identity: { ...dialler, bootNonce: '' } }),
      hello({ identity: { ...dialler, serverId: 0 } }),
      hello({ identity: { ...dialler, clusterId: 'not hexadecimal' } }),
      hello({ expectedIncarnation: 'ab' }),
      received(accept.greeting),
      { kind: FrameKind.hello, head: Buffer.from([0xff]), body: Buffer.alloc(0) },
    ]
    for (const frame of bad) expect(() => accept.hello(frame, judge)).toThrow(BadBytes)
    expect(() => dial.frame(received(accept.welcome(1)))).toThrow(BadBytes)
    dial.frame(received(accept.greeting))
    expect(() => dial.frame(received(accept.greeting))).toThrow(BadBytes)
  })

  it('cannot write to the log of the other end', () => {
    const frame = received(refusalFrame({ reason: 'cluster', text: `a\n\u001b[31m${'x'.repeat(1_000)}` }))
    const { text } = decodeRefusal(frame)
    expect(text.startsWith('a??[31mx')).toBe(true)
    expect(text.length).toBe(256)
  })
})
