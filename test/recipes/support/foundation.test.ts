import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { Permission, ZoariumError } from '../../../core/index.ts'
import { backOffMs, linkAbort, orAbort, sleep } from '../../../recipes/support/abort.ts'
import { Attempt } from '../../../recipes/support/attempt.ts'
import { CleanUp } from '../../../recipes/support/clean-up.ts'
import { iterate } from '../../../recipes/support/iterate.ts'
import { ownNode } from '../../../recipes/support/own-node.ts'
import { ensureParent } from '../../../recipes/support/parents.ts'
import { protectedCreate } from '../../../recipes/support/protected-create.ts'
import { Op } from '../../support/fault-proxy.ts'
import { codeOf, freshPath, type Proxied, until, World } from './world.ts'

const REASON = new Error('enough')
const ID = 'x'.repeat(24)

describe('an attempt', () => {
  it('L-11: throws after its deadline even when its timer is late', async () => {
    const attempt = new Attempt({ timeoutMs: 5 }, () => 'lock /a')
    const late = performance.now() + 10
    while (performance.now() < late);
    expect(() => attempt.check()).toThrow(/lock \/a.*ERR_TIMEOUT/)
    expect(ZoariumError.is(attempt.signal.reason, 'ERR_TIMEOUT')).toBe(true)
    attempt.end()
  })

  it('ends with the first of its bounds, and with its reason', async () => {
    const [caller, closed] = [new AbortController(), new AbortController()]
    const attempt = new Attempt({ signal: caller.signal, closed: closed.signal, timeoutMs: 60_000 }, () => 'x')
    const waiting = attempt.wait(new Promise(() => {}))
    closed.abort(REASON)
    caller.abort(new Error('too late'))
    await expect(waiting).rejects.toBe(REASON)
    attempt.end()
  })
})

describe('waiting', () => {
  it('settles as the promise does, or rejects with the reason of the abort', async () => {
    const { signal } = new AbortController()
    expect(await orAbort(Promise.resolve(1), signal)).toBe(1)
    await expect(orAbort(Promise.reject(REASON), signal)).rejects.toBe(REASON)
    await expect(orAbort(Promise.reject(new Error('unheard')), AbortSignal.abort(REASON))).rejects.toBe(REASON)
    await expect(sleep(60_000, AbortSignal.abort(REASON))).rejects.toBe(REASON)
    await sleep(1, signal)
  })

  it('G-14: leaves no listener on the signals it was given', async () => {
    const source = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = source.signal
    source.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++
      addEventListener.apply(source.signal, args)
    }
    source.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--
      removeEventListener.apply(source.signal, args)
    }
    await orAbort(Promise.resolve(), source.signal)
    await sleep(1, source.signal)
    const { unlink } = linkAbort(source.signal)
    unlink()
    const attempt = new Attempt({ signal: source.signal }, () => 'x')
    attempt.end()
    await until(() => listeners === 0, 'no listener is left')
  })

  it('G-10: backs off with jitter and an upper bound', () => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const ms = backOffMs(attempt)
      expect(ms).toBeGreaterThanOrEqual(12.5)
      expect(ms).toBeLessThanOrEqual(2_000)
    }
  })
})

describe('an iterator of changes', () => {
  async function* numbers(signal: AbortSignal): AsyncGenerator<number, undefined, undefined> {
    for (let n = 0; ; n++) {
      yield n
      await sleep(n === 2 ? 60_000 : 0, signal)
    }
  }

  it('ends while somebody waits for its next value', async () => {
    const iterator = iterate([], numbers)
    for (const n of [0, 1, 2]) expect(await iterator.next()).toEqual({ done: false, value: n })
    const waiting = iterator.next()
    expect(await iterator.return()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    await iterator[Symbol.asyncDispose]()
  })

  it('rejects with the reason of the abort, from then on', async () => {
    const stop = new AbortController()
    const iterator = iterate([stop.signal, undefined], numbers)
    expect((await iterator.next()).value).toBe(0)
    stop.abort(REASON)
    await expect(iterator.next()).rejects.toBe(REASON)
    await expect(iterator.next()).rejects.toBe(REASON)
    expect(await iterator.return()).toEqual({ done: true, value: undefined })
  })

  it('does nothing when it was aborted before, and passes failures on', async () => {
    await expect(iterate([AbortSignal.abort(REASON)], numbers).next()).rejects.toBe(REASON)
    const failing = iterate([], async function* () {
      yield 1
      throw REASON
    })
    await failing.next()
    await expect(failing.next()).rejects.toBe(REASON)
  })
})

describe('parents', () => {
  /** A server that knows no containers. */
  function oldServer(): { client: Client; modes: (string | undefined)[] } {
    const modes: (string | undefined)[] = []
    const ensurePath: Client['ensurePath'] = async (path, options = {}) => {
      modes.push(options.mode)
      if (options.mode === 'container') throw new ZoariumError('UNIMPLEMENTED', 'createContainer', { path })
    }
    return { client: { ensurePath } as Client, modes }
  }

  it('G-28: are persistent where the server knows no containers, which is found out once', async () => {
    const { client, modes } = oldServer()
    await ensureParent(client, '/a/b')
    await ensureParent(client, '/a/c')
    expect(modes).toEqual(['container', 'persistent', 'persistent'])
  })
})

describe('with a server', () => {
  let world: World
  let proxied: Proxied
  let path: string

  beforeEach(async () => {
    world = await World.start()
    proxied = await world.proxied()
    path = freshPath('support')
  })

  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  async function create(mode: 'ephemeral' | 'persistent' | 'persistent-sequential', attempt: Attempt, cleanUp: CleanUp) {
    const what = { client: proxied.client, cleanUp, attempt, parent: path, mode, data: 'x', name: (id: string) => `${id}-job-` }
    return protectedCreate(what, () => proxied.client.getChildren(path))
  }

  it.each(['ephemeral', 'persistent', 'persistent-sequential'] as const)(
    'G-03: a protected create of mode %s makes exactly one znode when messages are lost',
    async (mode) => {
      const { client, proxy } = proxied
      const cleanUp = new CleanUp(client)
      for (const lose of ['loseReply', 'loseRequest', 'none'] as const) {
        const attempt = new Attempt({}, () => 'create')
        await client.ensurePath(path)
        if (lose !== 'none') proxy[lose](Op.create2)
        const { node, piped } = await create(mode, attempt, cleanUp)
        attempt.end()
        expect(await world.children(path), lose).toEqual([node.name])
        expect(piped === null, lose).toBe(lose === 'loseReply')
        expect(node.owner).toBe(mode === 'ephemeral' ? client.session.id : 0n)
        await cleanUp.remove(node)
        expect(await world.children(path)).toEqual([])
      }
    },
  )

  it('G-03: what others name after it is not taken for the znode whose reply was lost', async () => {
    const { client, proxy } = proxied
    const operator = await world.client()
    await client.ensurePath(path)
    const [attempt, cleanUp] = [new Attempt({}, () => 'create'), new CleanUp(client)]
    proxy.loseReply(Op.create2)
    proxy.pause()
    const what = { client, cleanUp, attempt, parent: path, mode: 'ephemeral-sequential', data: null } as const
    const creating = protectedCreate({ ...what, newId: () => ID, name: (id) => `${id}-leader-` }, async () => null)
    // Before it in every order of a list.
    await operator.create(`${path}/${ID}-a-offer`, null, { mode: 'ephemeral' })
    proxy.resume()
    const { node } = await creating
    attempt.end()
    expect((await world.children(path)).filter((name) => name.includes('leader'))).toEqual([node.name])
    expect(await world.children(path)).toContain(`${ID}-a-offer`)
    await cleanUp.remove(node)
  })

  it('G-05: a persistent znode whose reply was lost is adopted over the end of the session', async () => {
    const { client, proxy } = proxied
    await client.ensurePath(path)
    const attempt = new Attempt({}, () => 'create')
    proxy.loseReply(Op.create2)
    const creating = create('persistent-sequential', attempt, new CleanUp(client))
    await until(() => !proxy.armed, 'the reply is swallowed')
    await world.expire(client)
    const { node } = await creating
    attempt.end()
    expect(await world.children(path)).toEqual([node.name])
    // The client may have adopted it before its session ended: a write must not be on its way then, and a read ends in the next session.
    await client.sync(path)
    await client.delete(node.path)
  })

  it('G-25: folders are made by many at once, each once', async () => {
    const clients = [proxied.client, await world.client(), await world.client()]
    const folder = `${path}/a/b/c`
    await Promise.all(Array.from({ length: 12 }, (_, i) => ensureParent(clients[i % 3] as Client, `${folder}/${i % 2}`)))
    expect((await world.children(folder)).sort()).toEqual(['0', '1'])
    await proxied.client.deleteRecursive(path)
  })

  it('G-25: folders that are there are not made again: not where one may not, and not for the cost of it', async () => {
    const { client, proxy } = proxied
    await client.ensurePath(`${path}/shared/mine`)
    const readOnly = [{ perms: Permission.read | Permission.admin, id: { scheme: 'world', id: 'anyone' } }]
    await client.setAcl(`${path}/shared`, readOnly)
    const before = proxy.requests
    await ensureParent(client, `${path}/shared/mine`)
    expect(proxy.requests - before).toBe(1)
    await ensureParent(client, `${path}/shared/mine/folder`)
    expect(await codeOf(ensureParent(client, `${path}/shared/theirs`))).toBe('NO_AUTH')
    await client.setAcl(`${path}/shared`, [{ perms: Permission.all, id: { scheme: 'world', id: 'anyone' } }])
    await client.deleteRecursive(path)
  })

  it('G-24: a parent that cannot be made ends in an error, not in a loop', async () => {
    const { client } = proxied
    await client.create(path, null, { mode: 'ephemeral' })
    const attempt = new Attempt({}, () => 'create')
    expect(await codeOf(create('ephemeral', attempt, new CleanUp(client)))).toBe('NO_CHILDREN_FOR_EPHEMERALS')
    attempt.end()
    await client.delete(path)
  })

  it('G-09: a guaranteed delete goes on over lost connections, and settled waits for it', async () => {
    const { client, proxy } = proxied
    const { stat } = await client.create(path, null, { mode: 'ephemeral' })
    const cleanUp = new CleanUp(client)
    proxy.refuse()
    cleanUp.discard(ownNode(path, stat))
    expect(cleanUp.pending).toBe(1)
    proxy.accept()
    await cleanUp.settled()
    expect(cleanUp.pending).toBe(0)
    expect(await client.exists(path)).toBeNull()
  })

  it('G-10: a delete that repeating cannot cure is told once and not repeated', async () => {
    const { client, proxy } = proxied
    const { stat } = await client.create(path)
    await client.create(`${path}/child`)
    const errors: unknown[] = []
    const cleanUp = new CleanUp(client, (error) => void errors.push(error))
    const before = proxy.requests
    cleanUp.discard(ownNode(path, stat))
    await cleanUp.settled()
    expect(errors).toMatchObject([{ code: 'NOT_EMPTY' }])
    expect(proxy.requests - before).toBe(1)
    expect(await codeOf(cleanUp.remove(ownNode(path, stat)))).toBe('NOT_EMPTY')
    await client.deleteRecursive(path)
    await cleanUp.remove(ownNode(path, stat))
  })

  it('G-10: deletes end with the client', async () => {
    const { client, proxy } = proxied
    const { stat } = await client.create(path, null, { mode: 'ephemeral' })
    const cleanUp = new CleanUp(client)
    proxy.refuse()
    const removing = cleanUp.remove(ownNode(path, stat))
    await client.close()
    await removing
    await cleanUp.settled()
  })
})
