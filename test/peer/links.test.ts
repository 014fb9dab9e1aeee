import { describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import { reservedPort } from '../support/reserved-ports.ts'
import { address, eventually, node, pair } from './link-world.ts'
import { Wire } from './raw-peer.ts'
import { SAMPLES } from './sample-messages.ts'

const heartbeat = (round: number, from = 1, to = 2): PeerMessage => ({
  type: 'heartbeat',
  from,
  to,
  term: 1,
  commit: 0,
  round,
  echo: 0,
  payload: Buffer.alloc(0),
})

describe('two servers', () => {
  it('say everything that there is to say, in the order of each lane', async () => {
    await using world = await pair()
    const { one, two } = world
    const said = SAMPLES.map((message) => ({ ...message, from: 1, to: 2 }))
    for (const message of said) expect(one.links.send(message)).toBe(true)
    await two.heard.until(() => two.heard.messages.length === said.length)
    const lanes = (messages: readonly PeerMessage[]): PeerMessage[] => {
      const bulk = ['append', 'snapshot', 'forward', 'forwardQuestion', 'snapshotChunk']
      return [...messages.filter(({ type }) => bulk.includes(type)), ...messages.filter(({ type }) => !bulk.includes(type))]
    }
    expect(lanes(two.heard.messages)).toEqual(lanes(said))
    expect(one.links.counters).toMatchObject({ messagesSent: said.length, messagesDropped: 0 })
    expect(two.links.counters.messagesReceived).toBe(said.length)
  })

  it('hear that a link broke and that it stands again; nothing is sent twice', async () => {
    await using two = await node(2)
    await using one = await node(1)
    await using wire = await Wire.to(two.port)
    two.links.setPeers([address(1, one.port)])
    one.links.setPeers([address(2, wire.port)])
    await one.heard.heard('up 2')
    one.links.send(heartbeat(1))
    await two.heard.heard('message 1 heartbeat')
    wire.cut()
    await one.heard.heard('down 2 reset')
    expect(one.links.isUp(2)).toBe(false)
    expect(one.links.send(heartbeat(2))).toBe(false)
    await one.heard.heard('up 2', 2)
    await two.heard.heard('accepted 1', 2)
    one.links.send(heartbeat(3))
    await two.heard.heard('message 1 heartbeat', 2)
    expect(two.heard.messages.map((message) => message.type === 'heartbeat' && message.round)).toEqual([1, 3])
    expect(one.heard.count('refused')).toBe(0)
  })

  it('notice at once, and once, that the other process is gone', async () => {
    await using one = await node(1)
    const two = await node(2, { port: await reservedPort() })
    one.links.setPeers([address(2, two.port)])
    two.links.setPeers([address(1, one.port)])
    await Promise.all([one.heard.heard('up 2'), one.heard.heard('accepted 2')])
    await two.links.close()
    await one.heard.heard('refused 2')
    expect(one.heard.lines.filter((line) => /^(down|refused)/.test(line))).toEqual(['down 2 reset', 'refused 2'])
    await using again = await node(2, { port: two.port })
    again.links.setPeers([address(1, one.port)])
    await one.heard.heard('up 2', 2)
    expect(one.heard.count('refused')).toBe(1)
  })

  it('that never had a link say nothing of refused connections', async () => {
    await using one = await node(1)
    const port = await reservedPort()
    one.links.setPeers([address(2, port)])
    await eventually(() => one.links.counters.ended.reset > 2)
    await using two = await node(2, { port })
    two.links.setPeers([address(1, one.port)])
    await one.heard.heard('up 2')
    expect(one.heard.count('refused')).toBe(0)
  })

  it('break a link on which nothing comes any more, though no socket says so', async () => {
    await using two = await node(2)
    await using one = await node(1, { timing: { pulseMs: 20, silenceMs: 200, handshakeMs: 300 } })
    await using wire = await Wire.to(two.port)
    two.links.setPeers([address(1, one.port)])
    one.links.setPeers([address(2, wire.port)])
    await one.heard.heard('up 2')
    wire.hold()
    await one.heard.heard('down 2 silent')
    wire.release()
    await one.heard.heard('up 2', 2)
  })

  it('keep a link that is idle', async () => {
    await using world = await pair({ timing: { pulseMs: 5, silenceMs: 2_000 } }, { timing: { pulseMs: 5, silenceMs: 2_000 } })
    const { one, two } = world
    const before = two.links.counters.bytesReceived
    // Pulses alone come: 16 bytes each.
    await eventually(() => two.links.counters.bytesReceived >= before + 50 * 16)
    expect(one.heard.count('down') + two.heard.count('down')).toBe(0)
    expect(two.heard.messages).toEqual([])
  })
})

describe('fencing', () => {
  it('discards what a former link sent and was not delivered, before anything of the new one', async () => {
    await using two = await node(2)
    await using one = await node(1)
    await using wire = await Wire.to(two.port)
    two.links.setPeers([address(1, one.port)])
    one.links.setPeers([address(2, wire.port)])
    await one.heard.heard('up 2')
    await two.heard.heard('accepted 1')
    // Bulk of server 1 is not read: it piles up in the sockets of server 2.
    two.links.pause(1)
    for (let index = 1; index <= 50; index++) one.links.send(append(index))
    const orphans = wire.cutDiallerOnly()
    await one.heard.heard('up 2', 2)
    await two.heard.heard('accepted 1', 2)
    one.links.send(append(1_000))
    two.links.resume(1)
    await two.heard.until(() => two.heard.messages.some((message) => message.type === 'append' && message.prevIndex === 1_000))
    expect(two.heard.messages.map((message) => message.type === 'append' && message.prevIndex)).toEqual([1_000])
    expect(two.heard.lines.filter((line) => line !== 'up 1')).toEqual(['accepted 1', 'lost 1 fenced', 'accepted 1', 'message 1 append'])
    expect(two.links.counters.ended.fenced).toBe(2)
    for (const orphan of orphans) orphan.destroy()
  })

  it('puts a restarted server in the place of its former life', async () => {
    await using two = await node(2)
    await using former = await node(1)
    await using wire = await Wire.to(two.port)
    two.links.setPeers([address(1, former.port)])
    former.links.setPeers([address(2, wire.port)])
    await two.heard.heard('accepted 1')
    // The former life hears nothing more and so does not come back.
    wire.hold()
    await using later = await node(1)
    later.links.setPeers([address(2, two.port)])
    await Promise.all([two.heard.heard('accepted 1', 2), later.heard.heard('up 2')])
    expect(two.heard.lines.filter((line) => line !== 'up 1')).toEqual(['accepted 1', 'lost 1 fenced', 'accepted 1'])
    later.links.send(heartbeat(5))
    await two.heard.heard('message 1 heartbeat')
    expect(two.log.some((line) => line.includes('"restarted":true'))).toBe(true)
  })
})

function append(index: number, payload = Buffer.alloc(2_000, index)): PeerMessage {
  return {
    type: 'append',
    silent: false,
    from: 1,
    to: 2,
    term: 1,
    prevIndex: index,
    prevTerm: 1,
    commit: 0,
    entries: [{ term: 1, index: index + 1, payload }],
  }
}

describe('a receiver that does not read', () => {
  it('holds bulk up and never what is on the control lane', async () => {
    await using world = await pair({ maxBufferedBytes: 1 << 30 })
    const { one, two } = world
    two.links.pause(1)
    const payload = Buffer.alloc(1 << 20, 1)
    let index = 0
    // Until the kernel takes no more.
    while (one.links.bufferedBytes(2) < 4 << 20) {
      one.links.send(append(++index, payload))
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (let round = 1; round <= 10; round++) one.links.send(heartbeat(round))
    await two.heard.heard('message 1 heartbeat', 10)
    expect(two.heard.count('message 1 append')).toBe(0)
    expect(one.links.bufferedBytes(2)).toBeGreaterThan(3 << 20)
    two.links.resume(1)
    await one.heard.heard('drained 2')
    await two.heard.heard('message 1 append', index)
    expect(two.heard.messages.filter(({ type }) => type === 'append').map((m) => m.type === 'append' && m.prevIndex)).toEqual(
      Array.from({ length: index }, (_, i) => i + 1),
    )
  })

  it('gets appends before chunks of a snapshot that were given to the link earlier', async () => {
    await using world = await pair({ maxBufferedBytes: 1 << 30 })
    const { one, two } = world
    two.links.pause(1)
    let offset = 0
    const bytes = Buffer.alloc(1 << 16, 3)
    const chunk = (): void => {
      one.links.send({ type: 'snapshotChunk', from: 1, to: 2, id: 9, offset, bytes, last: false })
      offset += bytes.length
    }
    while (one.links.bufferedBytes(2) < 4 << 20) {
      chunk()
      await new Promise((resolve) => setImmediate(resolve))
    }
    one.links.send(append(1))
    two.links.resume(1)
    await two.heard.until(() => two.heard.messages.length === offset / bytes.length + 1)
    const at = two.heard.messages.findIndex(({ type }) => type === 'append')
    expect(two.heard.messages.length - at).toBeGreaterThan((3 << 20) / bytes.length)
    const offsets = two.heard.messages.flatMap((message) => (message.type === 'snapshotChunk' ? [message.offset] : []))
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  })

  it('has its link broken when more waits than is allowed; the caller is told afterwards', async () => {
    await using world = await pair({ maxBufferedBytes: 1 << 20 })
    const { one, two } = world
    two.links.pause(1)
    const payload = Buffer.alloc(1 << 19, 1)
    while (one.heard.count('down 2 overflow') === 0) {
      const heard = one.heard.lines.length
      if (!one.links.send(append(1, payload))) break
      expect(one.heard.lines.length).toBe(heard)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(one.heard.count('down 2 overflow')).toBe(1)
    expect(one.links.bufferedBytes(2)).toBe(0)
    two.links.resume(1)
    await one.heard.heard('up 2', 2)
  })
})

describe('a message', () => {
  it('larger than a frame may be is refused where it is sent, and the link stays', async () => {
    await using world = await pair({ maxFrameBytes: 1 << 16 }, { maxFrameBytes: 1 << 16 })
    const { one } = world
    let code = ''
    try {
      one.links.send(append(1, Buffer.alloc(1 << 16)))
    } catch (error) {
      code = ZoariumError.is(error) ? error.code : String(error)
    }
    expect(code).toBe('ERR_TOO_LARGE')
    expect(one.links.isUp(2)).toBe(true)
  })

  it('that breaks the rules of those above has its link closed, and the problem told', async () => {
    await using world = await pair()
    const { one, two } = world
    two.links.reject(1, 'two leaders of one term')
    expect(two.heard.lines.at(-1)).toBe('lost 1 badBytes')
    await one.heard.heard('down 2 reset')
    await one.heard.heard('up 2', 2)
    expect(two.links.counters.ended.badBytes).toBe(1)
    expect(two.log.some((line) => line.includes('two leaders of one term'))).toBe(true)
  })
})

describe('peers', () => {
  it('that do not belong any more are let go of, and come back when they do', async () => {
    await using world = await pair()
    const { one, two } = world
    one.links.setPeers([])
    await two.heard.heard('down 1')
    expect(one.links.send(heartbeat(1))).toBe(false)
    await eventually(() => one.links.counters.turnedAway.unknownServer !== undefined)
    expect(one.heard.lines).toEqual(['up 2', 'accepted 2'].toSorted((a) => (a === one.heard.lines[0] ? -1 : 1)))
    one.links.setPeers([address(2, two.port)])
    await Promise.all([one.heard.heard('up 2', 2), two.heard.heard('up 1', 2)])
  })

  it('with addresses that cannot be used are refused as a whole', async () => {
    await using one = await node(1)
    const bad = [
      address(1, 99),
      address(2, 0),
      address(3, 5, { host: '' }),
      address(4, 5, { incarnation: 'xyz' }),
      address(5, 9, { host: '192.0.2.1' }),
    ]
    for (const peer of bad) {
      let code = ''
      try {
        one.links.setPeers([address(9, 1), peer])
      } catch (error) {
        code = ZoariumError.is(error) ? error.code : String(error)
      }
      expect(code).toBe('ERR_CONFIG')
    }
    expect(one.log.filter((line) => line.includes('no link'))).toEqual([])
  })
})
