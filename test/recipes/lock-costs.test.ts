// What locks and elections ask of the servers, counted: round trips until somebody holds, writes, watches.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { RoundTrips } from './support/round-trips.ts'
import { freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('cost')
  await (await world.client()).ensurePath(path)
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe('the cost of a mutex', () => {
  it('L-12: a free lock is taken in one round trip, and given back by another: two writes in all', async () => {
    const client = await world.client()
    using trips = new RoundTrips(client)
    const lock = await new Mutex(client, path).acquire()
    // The watch on the own znode leaves when the lock is held already.
    expect(trips.rounds).toEqual([['create2', 'getChildren2'], ['getData']])
    await lock.release()
    expect([trips.rounds.flat().sort(), trips.writes]).toEqual([['create2', 'delete', 'getChildren2', 'getData'], 2])
  })

  it('L-18: who waits has asked twice, and knows one round trip after the event that it holds, whoever waits behind', async () => {
    const client = await world.client()
    const holder = await new Mutex(await world.client(), path).acquire()
    using trips = new RoundTrips(client)
    const waiting = new Mutex(client, path).acquire()
    await until(async () => (await world.watches()) === 2, 'it waits')
    expect(trips.rounds).toEqual([['create2', 'getChildren2'], ['getData']])
    const behind = new Mutex(await world.client(), path).acquire()
    await until(async () => (await world.watches()) === 3, 'another one waits')
    trips.clear()
    await holder.release()
    const lock = await waiting
    expect(trips.rounds).toEqual([['exists', 'getChildren2'], ['getData']])
    await lock.release()
    await (await behind).release()
    expect(trips.writes).toBe(1)
    await world.clean(path)
  })
})

describe('the cost of an election', () => {
  it('a vacant leadership is taken in one round trip with the sync in it', async () => {
    const client = await world.client()
    using trips = new RoundTrips(client)
    const leadership = await new LeaderElection(client, path).campaign()
    expect(trips.rounds).toEqual([['create2', 'sync', 'getChildren2'], ['getData']])
    await leadership.resign()
    expect(trips.writes).toBe(2)
    await world.clean(path)
  })

  it('the next one leads one round trip after the event', async () => {
    const client = await world.client()
    const first = await new LeaderElection(await world.client(), path).campaign()
    using trips = new RoundTrips(client)
    const waiting = new LeaderElection(client, path).campaign()
    await until(async () => (await world.watches()) === 3, 'it waits, for the leader and for an offer')
    trips.clear()
    await first.resign()
    const second = await waiting
    // The watch for an offer is taken back in the same packet.
    expect(trips.rounds.map((round) => round.toSorted())).toEqual([
      ['exists', 'getChildren2', 'getData', 'removeWatches', 'sync'],
      ['getData'],
    ])
    await second.resign()
    await world.clean(path)
  })
})
