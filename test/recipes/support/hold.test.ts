import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { ClientStatus, ZoariumErrorCode } from '../../../core/index.ts'
import { ZoariumError } from '../../../core/index.ts'
import { Hold } from '../../../recipes/support/hold.ts'
import type { LostReason, OnSuspended } from '../../../recipes/support/hold-model.ts'

/** A client and a session as a hold sees them, driven by the test. */
class World {
  readonly #ended: AbortController = new AbortController()
  readonly listeners: Set<(status: ClientStatus) => void> = new Set()
  status = { type: 'connected' } as ClientStatus
  readonly id = 1n
  deadlineMs = Number.POSITIVE_INFINITY

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  on(_event: 'status', listener: (status: ClientStatus) => void): never {
    this.listeners.add(listener)
    return this as never
  }

  off(_event: 'status', listener: (status: ClientStatus) => void): never {
    this.listeners.delete(listener)
    return this as never
  }

  become(type: ClientStatus['type']): void {
    this.status = { type } as ClientStatus
    for (const listener of [...this.listeners]) listener(this.status)
  }

  endSession(code: ZoariumErrorCode): void {
    this.#ended.abort(new ZoariumError(code, 'session'))
  }

  hold(onSuspended?: OnSuspended, onLost?: (reason: LostReason) => void): Hold {
    const more = onLost === undefined ? {} : { onLost }
    return new Hold({ client: this, session: this, recipe: 'lock', what: 'lock /a', path: '/a/x', onSuspended, ...more })
  }
}

describe('the lost model', () => {
  it.each([
    ['SESSION_EXPIRED', 'expired'],
    ['ERR_LOST', 'deadline'],
    ['ERR_CLOSED', 'closed'],
  ] as const)('L-01: the end of a session by %s is a loss by %s, for all faces in one instant', async (code, reason) => {
    const world = new World()
    const hold = world.hold()
    const seen: unknown[] = []
    hold.signal.addEventListener('abort', () => seen.push(hold.isHeld, hold.state, hold.lostReason))
    expect(hold.isHeld).toBe(true)
    world.endSession(code)
    expect(seen).toEqual([false, 'lost', reason])
    expect(await hold.lost).toBe(reason)
    expect(ZoariumError.is(hold.signal.reason, 'ERR_LOST')).toBe(true)
  })

  it('E-14: a disconnection suspends, a reconnection resumes; neither loses', () => {
    const world = new World()
    const hold = world.hold()
    world.become('suspended')
    expect([hold.state, hold.isHeld]).toEqual(['suspended', true])
    world.become('connected')
    expect([hold.state, hold.isHeld]).toEqual(['held', true])
  })

  it('E-14: with a read-only server it is suspended, from its birth if need be', () => {
    const world = new World()
    const older = world.hold()
    world.become('suspended')
    world.become('readOnly')
    const younger = world.hold()
    expect([older.state, younger.state]).toEqual(['suspended', 'suspended'])
    world.become('connected')
    expect([older.state, younger.state]).toEqual(['held', 'held'])
  })

  it('E-14: with stepDown a disconnection loses at once', () => {
    const world = new World()
    const hold = world.hold('stepDown')
    world.become('suspended')
    expect([hold.state, hold.lostReason]).toEqual(['lost', 'deadline'])
  })

  it('G-18: a deadline that passed during a stall counts before anybody was told', () => {
    const world = new World()
    const hold = world.hold()
    world.deadlineMs = performance.now() - 1
    expect(hold.isHeld).toBe(false)
    expect(hold.signal.aborted).toBe(true)
    expect(hold.lostReason).toBe('deadline')
  })

  it('G-14: leaves no listener behind, however it ends', () => {
    const world = new World()
    const remove = vi.spyOn(world.signal, 'removeEventListener')
    const hold = world.hold()
    expect(world.listeners.size).toBe(1)
    hold.lose('released')
    expect(world.listeners.size).toBe(0)
    expect(remove).toHaveBeenCalledTimes(1)
  })

  it('is lost already when the session ended before', async () => {
    const world = new World()
    world.endSession('SESSION_EXPIRED')
    const hold = world.hold()
    expect(hold.isHeld).toBe(false)
    expect(await hold.lost).toBe('expired')
    expect(world.listeners.size).toBe(0)
  })

  it('is lost once, for the first reason, whatever follows in whatever order', () => {
    const event = fc.constantFrom('suspended', 'connected', 'released', 'nodeDeleted', 'revoked', 'SESSION_EXPIRED', 'ERR_LOST', 'stall')
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const world = new World()
        const losses: LostReason[] = []
        const hold = world.hold('keepUntilDeadline', (reason) => losses.push(reason))
        let expected: string = 'held'
        for (const what of events) {
          if (what === 'suspended' || what === 'connected') world.become(what)
          else if (what === 'SESSION_EXPIRED' || what === 'ERR_LOST') world.endSession(what)
          else if (what === 'stall') world.deadlineMs = 0
          else hold.lose(what)
          if (expected !== 'lost') {
            expected = what === 'suspended' ? 'suspended' : what === 'connected' ? 'held' : 'lost'
          }
          expect(hold.state).toBe(expected)
          expect(hold.signal.aborted).toBe(expected === 'lost')
        }
        expect(losses.length).toBe(expected === 'lost' ? 1 : 0)
      }),
    )
  })
})

describe('a pause', () => {
  it('E-14: lasts from the disconnection to the reconnect; all faces agree, and nothing is lost', async () => {
    const world = new World()
    const hold = world.hold('pause')
    const first = hold.activeSignal
    world.become('suspended')
    expect([hold.state, hold.isHeld, hold.isLost, hold.signal.aborted]).toEqual(['suspended', false, false, false])
    expect(first.reason).toMatchObject({ code: 'ERR_CONNECTION_LOSS' })
    let resumed = 0
    const waiting = hold.whenHeld(undefined).then(() => resumed++)
    world.become('suspended')
    await Promise.resolve()
    expect(resumed).toBe(0)
    world.become('connected')
    await waiting
    expect([hold.state, hold.isHeld, hold.activeSignal.aborted, hold.activeSignal === first]).toEqual(['held', true, false, false])
    await hold.whenHeld(undefined)
    hold.lose('released')
    expect(hold.activeSignal.reason).toBe(hold.signal.reason)
  })

  it('E-14: ends with the loss at the deadline, and whoever waits for its end is told', async () => {
    const world = new World()
    const hold = world.hold('pause')
    world.become('suspended')
    const waiting = hold.whenHeld(undefined)
    world.endSession('ERR_LOST')
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_LOST' })
    expect(hold.lostReason).toBe('deadline')
    expect(world.listeners.size).toBe(0)
  })

  it('is given up with a signal', async () => {
    const world = new World()
    const hold = world.hold('pause')
    world.become('suspended')
    const stop = new AbortController()
    const waiting = hold.whenHeld(stop.signal)
    stop.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    hold.lose('released')
  })

  it('does not exist without the policy', async () => {
    for (const policy of [undefined, 'keepUntilDeadline'] as const) {
      const world = new World()
      const hold = world.hold(policy)
      world.become('suspended')
      expect([hold.isHeld, hold.activeSignal.aborted]).toEqual([true, false])
      await hold.whenHeld(undefined)
      hold.lose('released')
    }
  })
})
