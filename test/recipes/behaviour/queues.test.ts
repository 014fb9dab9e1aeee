import { describe, expect, it } from 'vitest'
import { DelayQueue } from '../../../recipes/queue/delay-queue.ts'
import { PriorityQueue } from '../../../recipes/queue/priority-queue.ts'
import { Queue } from '../../../recipes/queue/queue.ts'
import type { QueuedItem } from '../../../recipes/queue/queued-item.ts'
import { code, Fixture, rejection, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()
const PATH = '/queues/q'

function opened<T extends { close(): Promise<void> }>(queue: T): T {
  fixture.cleanup(() => queue.close())
  return queue
}

const textOf = (item: QueuedItem | null): string | undefined => item?.data?.toString()

describe('a queue', () => {
  it('gives items in the order in which they came, each to one', async () => {
    const { client, eye } = await Stage.open(fixture)
    const [a, b] = [opened(new Queue(client, PATH)), opened(new Queue(eye, PATH))]
    for (const data of ['1', '2', '3']) await a.put(data)
    const taken = [await a.take(), await b.take(), await a.take()]
    expect(taken.map(textOf)).toEqual(['1', '2', '3'])
    expect([await a.tryTake(), await b.size()]).toEqual([null, 3])
    for (const item of taken) {
      expect([item.attempt, item.state]).toEqual([1, 'held'])
      await item.complete()
      expect([item.state, item.lostReason]).toEqual(['lost', 'released'])
      expect(await code(item.complete())).toBe('ERR_NOT_HELD')
    }
    expect(await b.size()).toBe(0)
  })

  it('Q-03: wakes who waits, also after the folder has vanished and over sessions; each item goes to one of many', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const [a, b] = [opened(new Queue(client, PATH)), opened(new Queue(eye, PATH))]
    const waiting = a.take()
    await until('it watches', async () => (await stage.server.watchCount()) >= 1)
    await b.put('first')
    await (await waiting).complete()
    await eye.deleteRecursive('/queues')
    const again = a.take()
    await b.put('second')
    await (await again).complete()
    const third = a.take()
    await stage.newSession(async () => void (await b.put('third')))
    await (await third).complete()
    const takers = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? a : b).take())
    await Promise.all(Array.from({ length: 6 }, (_, i) => b.put(String(i))))
    const items = await Promise.all(takers)
    expect(items.map(textOf).sort()).toEqual(['0', '1', '2', '3', '4', '5'])
    await Promise.all(items.map((item) => item.complete()))
  })

  it('completes in one transaction with what else is to be written, or not at all', async () => {
    const { client, eye } = await Stage.open(fixture)
    const queue = opened(new Queue(client, PATH))
    await queue.put('x')
    await eye.create('/exists')
    const item = await queue.take()
    expect(
      await rejection(
        item.complete([
          { type: 'create', path: '/made' },
          { type: 'create', path: '/exists' },
        ]),
      ),
    ).toMatchObject({
      code: 'NODE_EXISTS',
      index: 1,
    })
    expect([item.state, await eye.exists('/made')]).toEqual(['held', null])
    expect(await item.complete([{ type: 'create', path: '/made' }])).toMatchObject([{ type: 'create', path: '/made' }])
  })

  it('gives back in the old place, and counts how often', async () => {
    const { client } = await Stage.open(fixture)
    const queue = opened(new Queue(client, PATH))
    await queue.put('1')
    await queue.put('2')
    const first = await queue.take()
    await first.release()
    await first.release()
    expect([first.state, await code(first.complete())]).toEqual(['lost', 'ERR_NOT_HELD'])
    const again = await queue.take()
    expect([textOf(again), again.attempt]).toEqual(['1', 2])
    expect(again.token).toBeGreaterThan(first.token)
    {
      await using other = await queue.take()
      expect(textOf(other)).toBe('2')
    }
    await again.complete()
    expect(await queue.size()).toBe(1)
  })

  it('Q-01, Q-05: an item whose taker lost the session goes to another, and the first can complete nothing', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const [a, b] = [opened(new Queue(client, PATH)), opened(new Queue(eye, PATH))]
    await a.put('x')
    const first = await a.take()
    const waiting = b.take()
    await stage.newSession()
    const second = await waiting
    expect([textOf(second), second.attempt]).toEqual(['x', 2])
    expect([first.state, first.lostReason, first.signal.aborted]).toEqual(['lost', 'expired', true])
    expect(await code(first.complete([{ type: 'create', path: '/made' }]))).toBe('ERR_LOST')
    await first.release()
    expect(second.state).toBe('held')
    await second.complete()
    expect(await eye.exists('/made')).toBe(null)
  })

  it('Q-01: the servers refuse a taker that does not know yet, though the claim has the same name', async () => {
    const { client, eye } = await Stage.open(fixture)
    const [a, b] = [opened(new Queue(client, PATH)), opened(new Queue(eye, PATH))]
    await a.put('x')
    const first = await a.take()
    const name = first.path.slice(first.path.lastIndexOf('/') + 1)
    const completing = (async () => {
      await eye.delete(`${PATH}/taken/${name}`)
      const second = await b.take()
      return { second, refused: await code(first.complete()) }
    })()
    const { second, refused } = await completing
    expect(refused).toBe('ERR_LOST')
    await until('told', () => first.lostReason === 'nodeDeleted')
    await second.complete()
  })

  it('Q-10: an item that is given out too often is put aside', async () => {
    const stage = await Stage.open(fixture)
    const queue = opened(new Queue(stage.client, PATH, { maxAttempts: 2 }))
    await queue.put('poison')
    await queue.put('good')
    for (let i = 0; i < 2; i++) {
      const item = await queue.take()
      expect(textOf(item)).toBe('poison')
      await item.release()
    }
    const item = await queue.take()
    expect(textOf(item)).toBe('good')
    await item.complete()
    const [dead = ''] = await stage.names(`${PATH}/dead`)
    expect((await stage.eye.getData(`${PATH}/dead/${dead}`)).data?.toString()).toBe('poison')
    expect(await queue.size()).toBe(0)
  })

  it('Q-06, Q-09: a full queue refuses, or lets wait for room', async () => {
    const stage = await Stage.open(fixture)
    const queue = opened(new Queue(stage.client, PATH, { maxItems: 2 }))
    const patient = opened(new Queue(stage.eye, PATH, { maxItems: 2, whenFull: 'wait' }))
    await queue.put('1')
    await queue.put('2')
    expect(await code(queue.put('3'))).toBe('ERR_QUEUE_FULL')
    expect(await code(patient.put('3', { timeoutMs: 30 }))).toBe('ERR_TIMEOUT')
    const putting = patient.put('3')
    await (await queue.take()).complete()
    await putting
    expect(await queue.size()).toBe(2)
  })

  it('G-08, G-14: a wait that is given up, and a close, leave nothing', async () => {
    const stage = await Stage.open(fixture)
    const queue = new Queue(stage.client, PATH)
    expect(await code(queue.take({ timeoutMs: 20 }))).toBe('ERR_TIMEOUT')
    const controller = new AbortController()
    const given = rejection(queue.take({ signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect(await given).toMatchObject({ message: 'enough' })
    await queue.put('x')
    const item = await queue.take()
    const waiting = code(queue.take())
    await queue.close()
    expect([await waiting, item.state]).toEqual(['ERR_CLOSED', 'lost'])
    expect(await code(queue.put('y'))).toBe('ERR_CLOSED')
    expect([await stage.names(`${PATH}/taken`), (await stage.names(`${PATH}/items`)).length]).toEqual([[], 1])
    await stage.noWatches()
  })

  for (const fault of CUTS) {
    for (const newSession of [false, true]) {
      const title = `Q-03b, Q-04: puts once, takes and completes whichever message the fault ${fault} strikes${newSession ? ', and the session ends' : ''}`
      it(title, { timeout: 120_000 }, async () => {
        const stage = await Stage.open(fixture)
        const { client, server } = stage
        const queue = opened(new Queue(client, PATH))
        for (let nth = 1; ; nth++) {
          const injection = server.network.inject(fault, { nth })
          const ending = newSession ? injection.begun.then(() => server.expire(client).catch(() => {})) : null
          const path = await queue.put(String(nth))
          expect(await stage.names(`${PATH}/items`)).toEqual([path.slice(path.lastIndexOf('/') + 1)])
          for (;;) {
            const item = await queue.take()
            expect(textOf(item)).toBe(String(nth))
            const end = await item.complete().then(
              () => 'done',
              (error: unknown) => (error as { code: string }).code,
            )
            if (end === 'done' || (newSession && end === 'ERR_UNKNOWN_OUTCOME')) break
            expect([newSession, end]).toEqual([true, expect.stringMatching(/^(ERR_LOST|SESSION_EXPIRED)$/)])
          }
          await stage.noneBelow(`${PATH}/items`)
          await stage.noneBelow(`${PATH}/taken`)
          const struck = injection.happened
          injection.cancel()
          if (!struck) break
          await ending
          expect(nth).toBeLessThan(40)
        }
      })
    }
  }
})

describe('a priority queue', () => {
  it('Q-08: gives the most important first, also one that came later, and equals in order', async () => {
    const { client, eye } = await Stage.open(fixture)
    const queue = opened(new PriorityQueue(client, PATH))
    const other = opened(new PriorityQueue(eye, PATH))
    for (const [data, priority] of [
      ['c', 10],
      ['a', 2],
      ['b', 2],
      ['d', 1_000_000],
    ] as const) {
      await queue.put(data, { priority })
    }
    const first = await queue.take()
    expect(textOf(first)).toBe('a')
    await other.put('now', { priority: 0 })
    await client.sync('/')
    const order: (string | undefined)[] = []
    for (let i = 0; i < 4; i++) {
      const item = await queue.take()
      order.push(textOf(item))
      await item.complete()
    }
    expect(order).toEqual(['now', 'b', 'c', 'd'])
    expect(await code(queue.put('x', { priority: -1 }))).toBe('ERR_CONFIG')
  })
})

describe('a delay queue', () => {
  it('Q-07: gives items at their time, in the order of their times, never before', async () => {
    const { client, eye } = await Stage.open(fixture)
    const queue = opened(new DelayQueue(client, PATH))
    const other = opened(new DelayQueue(eye, PATH))
    const putMs = performance.now()
    await other.put('never in this test', { delayMs: 600_000 })
    await other.put('later', { delayMs: 300 })
    await other.put('sooner', { delayMs: 200 })
    const first = await queue.take()
    expect(textOf(first)).toBe('sooner')
    expect(performance.now() - putMs).toBeGreaterThanOrEqual(199)
    const second = await queue.take()
    expect(textOf(second)).toBe('later')
    expect(performance.now() - putMs).toBeGreaterThanOrEqual(299)
    await other.put('at once', { delayMs: 0 })
    const third = await queue.take()
    expect(textOf(third)).toBe('at once')
    expect(await queue.tryTake()).toBe(null)
    for (const item of [first, second, third]) await item.complete()
  })
})
