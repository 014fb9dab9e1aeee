import { describe, expect, it } from 'vitest'
import { type PeerClock, REAL_PEER_CLOCK } from '../../core/peer/peer-clock.ts'
import { reservedPort } from '../support/reserved-ports.ts'
import { address, node, pair } from './link-world.ts'
import { RawPeer } from './raw-peer.ts'

class CountingClock implements PeerClock {
  running = 0

  after(ms: number, call: () => void): () => void {
    let over = false
    const end = (): void => {
      if (!over) this.running -= 1
      over = true
    }
    this.running += 1
    const cancel = REAL_PEER_CLOCK.after(ms, () => {
      end()
      call()
    })
    return () => {
      end()
      cancel()
    }
  }
}

describe('closing', () => {
  it('leaves no socket, no timer and no port behind, whatever was going on', async () => {
    const sockets = (): string[] => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS/.test(kind))
    const before = sockets().length
    const clock = new CountingClock()
    const world = await pair({ clock }, { clock })
    const third = await node(3, { clock })
    third.links.setPeers([address(1, world.one.port), address(7, await reservedPort())])
    const stranger = await RawPeer.dial(third.port)
    await stranger.frame(0)
    expect(clock.running).toBeGreaterThan(4)
    await Promise.all([third.links.close(), world[Symbol.asyncDispose](), stranger.closed])
    await third.links.close()
    third.links.setPeers([address(1, world.one.port)])
    expect(clock.running).toBe(0)
    expect(sockets().length).toBe(before)
  })

  it('lets what waits on the control lane leave first', async () => {
    await using two = await node(2)
    const one = await node(1)
    two.links.setPeers([address(1, one.port)])
    one.links.setPeers([address(2, two.port)])
    await one.heard.heard('up 2')
    one.links.send({ type: 'timeoutNow', from: 1, to: 2, term: 4 })
    await one.links.close()
    await two.heard.heard('message 1 timeoutNow')
  })
})
