import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { encodeFrame, FrameKind } from '../../core/peer/frame.ts'
import { decodeRefusal, encodeHello, handshakeFrame, VERSIONS } from '../../core/peer/handshake-codec.ts'
import type { PeerClaim, PeerIdentity } from '../../core/peer/identity.ts'
import { AppendBodies, encodeMessage, PULSE } from '../../core/peer/message-encoder.ts'
import { isLoopback, type PeerSecurity } from '../../core/peer/security.ts'
import { address, eventually, identity, incarnationOf, type Node, node, pair } from './link-world.ts'
import { RawPeer } from './raw-peer.ts'

/** Dials `to` as server 1 would, up to the hello. */
async function said(to: Node, more: Partial<PeerClaim> = {}): Promise<RawPeer> {
  const peer = await RawPeer.dial(to.port)
  await peer.frame(0)
  const claim = {
    identity: LIFE,
    lane: 'control' as const,
    linkNumber: 1,
    expectedServerId: to.self.serverId,
    expectedIncarnation: '',
    ...more,
  }
  peer.send(handshakeFrame('hello', encodeHello({ versions: VERSIONS, nonce: randomBytes(32), claim }), null))
  return peer
}

const LIFE: PeerIdentity = identity(1)

async function answer(peer: RawPeer): Promise<string> {
  const frame = await peer.frame(1)
  if (frame === null) return 'closed'
  return frame.kind === FrameKind.refusal
    ? decodeRefusal(frame).reason
    : frame.kind === FrameKind.welcome
      ? 'welcome'
      : `kind ${frame.kind}`
}

/** A server that knows server 1, which is nobody but the test. */
async function host(options: Parameters<typeof node>[1] = {}): Promise<Node> {
  const two = await node(2, options)
  two.links.setPeers([address(1, 9)])
  return two
}

describe('a port for peers', () => {
  it('refuses with a reason, counts it and logs it', async () => {
    await using two = await host()
    const refused: Record<string, Partial<PeerClaim>> = {
      wrongServer: { expectedServerId: 7 },
      cluster: { identity: { ...LIFE, clusterId: 'beef' } },
      unknownServer: { identity: identity(9) },
      sameServer: { identity: identity(2) },
      incarnation: { identity: { ...LIFE, incarnation: incarnationOf(8) } },
    }
    for (const [reason, claim] of Object.entries(refused)) {
      const peer = await said(two, claim)
      expect(await answer(peer)).toBe(reason)
      await peer.closed
      expect(two.links.counters.turnedAway).toMatchObject({ [reason]: 1 })
      expect(two.log.filter((line) => line.includes(`"reason":"${reason}"`)).length).toBe(1)
    }
    expect(two.heard.lines).toEqual([])
  })

  it('takes the newest link only: older numbers, and older lives, are superseded', async () => {
    await using two = await host()
    const early = await RawPeer.dial(two.port)
    await early.frame(0)
    const control = await said(two, { linkNumber: 5 })
    expect(await answer(control)).toBe('welcome')
    expect(await answer(await said(two, { linkNumber: 4, lane: 'bulk' }))).toBe('superseded')
    expect(await answer(await said(two, { linkNumber: 5 }))).toBe('superseded')
    const bulk = await said(two, { linkNumber: 5, lane: 'bulk' })
    expect(await answer(bulk)).toBe('welcome')
    await two.heard.heard('accepted 1')
    // Its connection was accepted first, and its hello comes last: a life that is over.
    const claim = { identity: identity(1), lane: 'control' as const, linkNumber: 99, expectedServerId: 2, expectedIncarnation: '' }
    early.send(handshakeFrame('hello', encodeHello({ versions: VERSIONS, nonce: randomBytes(32), claim }), null))
    expect(await answer(early)).toBe('superseded')
    expect(two.heard.count('lost')).toBe(0)
    // When a lane breaks the link is over: its number is worth nothing any more.
    bulk.socket.destroy()
    await two.heard.heard('lost 1 reset')
    await control.closed
    expect(await answer(await said(two, { linkNumber: 5, lane: 'bulk' }))).toBe('superseded')
    expect(await answer(await said(two, { linkNumber: 6, lane: 'bulk' }))).toBe('welcome')
  })

  it('takes no message before both lanes stand', async () => {
    await using two = await host()
    const control = await said(two)
    expect(await answer(control)).toBe('welcome')
    control.send(PULSE)
    control.send(encodeMessage({ type: 'timeoutNow', from: 1, to: 2, term: 1 }, new AppendBodies()))
    await control.closed
    expect(two.heard.messages).toEqual([])
    expect(two.links.counters.ended.badBytes).toBe(1)
  })

  it.each([
    { name: 'another protocol', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n') },
    { name: 'a long frame', bytes: Buffer.alloc(4_000, 1) },
    { name: 'a message', bytes: Buffer.concat(encodeMessage({ type: 'timeoutNow', from: 1, to: 2, term: 1 }, new AppendBodies()).buffers) },
    { name: 'a pulse that is none', bytes: Buffer.concat(encodeFrame(FrameKind.refusal, Buffer.alloc(9, 0xff)).buffers) },
  ])('closes and counts what does not begin with a hello: $name', async ({ bytes }) => {
    await using two = await host()
    const peer = await RawPeer.dial(two.port)
    await peer.frame(0)
    peer.socket.write(bytes)
    await peer.closed
    expect(two.links.counters.ended.badBytes).toBe(1)
    expect(two.log.some((line) => line.startsWith('bad bytes on the peer port'))).toBe(true)
  })

  it('closes and counts bad bytes on a link that stands, and goes on with others', async () => {
    await using two = await host()
    const [control, bulk] = [await said(two), await said(two, { lane: 'bulk' })]
    await two.heard.heard('accepted 1')
    control.send(encodeMessage({ type: 'timeoutNow', from: 1, to: 2, term: 1 }, new AppendBodies()))
    control.send(encodeFrame(FrameKind.timeoutNow, Buffer.from([0xff])))
    control.send(encodeMessage({ type: 'timeoutNow', from: 1, to: 2, term: 2 }, new AppendBodies()))
    await Promise.all([control.closed, bulk.closed])
    expect(two.heard.lines).toEqual(['accepted 1', 'message 1 timeoutNow', 'lost 1 badBytes'])
  })

  it('bounds how many shake hands, and for how long', async () => {
    await using two = await host({ maxHandshakes: 2, timing: { handshakeMs: 200 } })
    const silent = [await RawPeer.dial(two.port), await RawPeer.dial(two.port)]
    await Promise.all(silent.map((peer) => peer.frame(0)))
    const third = await RawPeer.dial(two.port)
    await third.closed
    expect(third.frames).toEqual([])
    expect(two.links.counters.handshakesDropped).toBe(1)
    await Promise.all(silent.map((peer) => peer.closed))
    expect(two.links.counters.ended.timeout).toBe(2)
    expect(await answer(await said(two))).toBe('welcome')
  })

  it('closes half a link that is not completed in time', async () => {
    await using two = await host({ timing: { handshakeMs: 100 } })
    const control = await said(two)
    await control.closed
    expect(two.links.counters.ended.timeout).toBe(1)
    expect(two.heard.lines).toEqual([])
  })

  it('speaks plainly to its own machine only, unless it was allowed, which is logged', async () => {
    await using one = await node(1)
    await expect(one.links.listen('0.0.0.0', 0)).rejects.toSatisfy((error) => ZoariumError.is(error, 'ERR_CONFIG'))
    await using open = await node(3, { security: { kind: 'plain', allowRemote: true } })
    expect(open.log.some((line) => line.startsWith('the peer port is open'))).toBe(true)
    expect(one.log.some((line) => line.startsWith('the peer port is open'))).toBe(false)
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'example.com', '128.0.0.1', ''].some(isLoopback)).toBe(false)
  })
})

describe('servers with a secret', () => {
  it('link up when it is the same, and refuse each other when not', async () => {
    const security: PeerSecurity = { kind: 'secret', secret: Buffer.from('sixteen bytes or') }
    await using world = await pair({ security }, { security })
    expect(world.one.links.isUp(2)).toBe(true)
    await using other = await node(3, { security: { kind: 'secret', secret: Buffer.from('sixteen bytes, other') } })
    other.links.setPeers([address(1, world.one.port)])
    await eventually(() => other.log.some((line) => line.startsWith('the peer refuses this server')))
    expect(world.one.links.counters.turnedAway).toEqual({ secret: expect.any(Number) })
    expect(other.links.isUp(1)).toBe(false)
  })

  it('want one that is long enough', async () => {
    const short = node(1, { security: { kind: 'secret', secret: Buffer.from('short') } })
    await expect(short).rejects.toSatisfy((error) => ZoariumError.is(error, 'ERR_CONFIG'))
  })
})

describe('servers with certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-peer-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    )
  const certificate = (name: string, ca: string, san: string): void => {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${san}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${ca}.crt`,
      '-CAkey',
      `${ca}.key`,
      '-days',
      '2',
      '-copy_extensions',
      'copy',
      '-out',
      `${name}.crt`,
    )
  }
  beforeAll(() => {
    authority('ours')
    authority('theirs')
    certificate('one', 'ours', 'DNS:one.zoarium')
    certificate('two', 'ours', 'DNS:two.zoarium')
    certificate('address', 'ours', 'IP:127.0.0.1')
    certificate('false', 'theirs', 'DNS:one.zoarium')
  })
  const file = (name: string): Buffer => readFileSync(join(folder, name))
  const tls = (name: string, ca = 'ours'): PeerSecurity => ({
    kind: 'tls',
    key: file(`${name}.key`),
    cert: file(`${name}.crt`),
    ca: file(`${ca}.crt`),
  })

  /** Server 1 and 2 with these certificates, each expected to bear its name. */
  async function linked(
    one: PeerSecurity,
    two: PeerSecurity,
    names: readonly [string, string],
  ): Promise<{ one: Node; two: Node } & AsyncDisposable> {
    const first = await node(1, { security: one })
    const second = await node(2, { security: two })
    first.links.setPeers([address(2, second.port, { tlsName: names[1] })])
    second.links.setPeers([address(1, first.port, { tlsName: names[0] })])
    return {
      one: first,
      two: second,
      async [Symbol.asyncDispose]() {
        await Promise.all([first.links.close(), second.links.close()])
      },
    }
  }

  it('of one authority that bear their names talk', async () => {
    await using world = await linked(tls('one'), tls('two'), ['one.zoarium', 'two.zoarium'])
    const { one, two } = world
    await Promise.all([one.heard.heard('up 2'), two.heard.heard('up 1')])
    one.links.send({
      type: 'append',
      silent: false,
      from: 1,
      to: 2,
      term: 1,
      prevIndex: 0,
      prevTerm: 0,
      commit: 0,
      entries: [{ term: 1, index: 1, payload: Buffer.alloc(300_000, 1) }],
    })
    one.links.send({ type: 'timeoutNow', from: 1, to: 2, term: 4 })
    await two.heard.until(() => two.heard.messages.length === 2)
  })

  it('may bear the address instead of a name', async () => {
    const security = tls('address')
    await using world = await linked(security, security, ['127.0.0.1', '127.0.0.1'])
    await Promise.all([world.one.heard.heard('up 2'), world.two.heard.heard('up 1')])
  })

  it('that bear another name are turned away: by the dialler, and by the acceptor', async () => {
    // Server 1 shows the certificate of server 2, which is what server 2 expects of nobody but itself.
    await using world = await linked(tls('two'), tls('two'), ['one.zoarium', 'two.zoarium'])
    const { one, two } = world
    await eventually(() => two.links.counters.turnedAway.certificate !== undefined)
    await eventually(() => two.log.some((line) => line.includes('does not bear the name one.zoarium')))
    expect(one.links.isUp(2) || two.links.isUp(1)).toBe(false)
  })

  it('of another authority get no word in, nor do those who show none', async () => {
    await using two = await node(2, { security: tls('two') })
    two.links.setPeers([address(1, 9, { tlsName: 'one.zoarium' })])
    for (const shown of [{ key: file('false.key'), cert: file('false.crt') }, {}]) {
      const socket = connectTls({ host: '127.0.0.1', port: two.port, rejectUnauthorized: false, ...shown })
      let heard = 0
      socket.on('data', (chunk) => {
        heard += chunk.length
      })
      socket.on('error', () => {})
      await new Promise((resolve) => socket.once('close', resolve))
      expect(heard).toBe(0)
    }
    await eventually(() => two.links.counters.ended.badBytes === 2)
  })

  it('do not answer those who speak plainly, and end what began before', async () => {
    const two = await node(2, { security: tls('two') })
    const plain = await RawPeer.dial(two.port)
    await two.links.close()
    await plain.closed
    expect(plain.frames).toEqual([])
  })

  it('that cannot be used are told at once', async () => {
    const bad = node(1, { security: { kind: 'tls', key: 'none', cert: 'none', ca: 'none' } })
    await expect(bad).rejects.toSatisfy((error) => ZoariumError.is(error, 'ERR_CONFIG'))
  })
})
