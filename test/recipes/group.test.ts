import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../core/index.ts'
import { connect, ZoariumError } from '../../core/index.ts'
import { startServer } from '../../core/server/index.ts'
import type { GroupChange, Membership } from '../../recipes/group.ts'
import { Group } from '../../recipes/group.ts'
import { FaultProxy, Op } from '../support/fault-proxy.ts'
import { codeOf, freshPath, OWN_SERVER, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('group')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** Follows a group; every change as a short text. */
function follow(client: Client): { seen: string[]; stop: () => Promise<unknown> } {
  const controller = new AbortController()
  const seen: string[] = []
  const text = (change: GroupChange): string =>
    change.type === 'synced'
      ? `synced ${[...change.members.keys()].sort().join()}`
      : `${change.type} ${change.member.name}=${change.member.data}`
  const done = (async () => {
    for await (const change of new Group(client, path).changes({ signal: controller.signal })) seen.push(text(change))
  })().catch((error: unknown) => error)
  return {
    seen,
    stop: () => {
      controller.abort(new Error('enough'))
      return done
    },
  }
}

async function dataOf(group: Group, name: string): Promise<string | undefined> {
  return (await group.members()).members.get(name)?.data?.toString()
}

describe('a group', () => {
  it('shows its members with their data, as the servers know them', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const group = new Group(a, path)
    expect(await group.members()).toMatchObject({ members: new Map() })
    const one = await group.join('one', 'first')
    const two = await new Group(b, path).join('two')
    const { members, zxid } = await group.members()
    expect([...members.keys()].sort()).toEqual(['one', 'two'])
    expect(members.get('one')).toMatchObject({ name: 'one', token: one.token, self: true, sessionId: a.session.id })
    expect(members.get('two')).toMatchObject({ name: 'two', data: null, token: two.token, self: false })
    expect(zxid).toBe(two.token)
    expect([one.state, one.generation, one.name, one.path]).toEqual(['joined', 1, 'one', `${path}/one`])
    await one.leave()
    await two.leave()
    expect((await group.members()).members.size).toBe(0)
    await world.clean(path)
  })

  it('P-01, P-06: joins again after the end of the session, under the same name, with the newest data and a new generation', async () => {
    const { client } = await world.proxied()
    const generations: number[] = []
    const group = new Group(client, path)
    const me = await group.join('me', 'old', { onRejoined: (generation) => void generations.push(generation) })
    await me.setData('new')
    const before = me.token
    for (const generation of [2, 3]) {
      await world.expire(client)
      await until(() => me.generation === generation, `generation ${generation}`)
    }
    expect(generations).toEqual([2, 3])
    expect(me.state).toBe('joined')
    expect(me.token).toBeGreaterThan(before)
    expect(await world.children(path)).toEqual(['me'])
    expect(await dataOf(group, 'me')).toBe('new')
    expect((await group.members()).members.get('me')).toMatchObject({ token: me.token, sessionId: client.session.id })
    await me.leave()
    await world.clean(path)
  })

  it('P-02, P-06: data that was refused is not what it joins again with, nor what keeps it away', async () => {
    const { client } = await world.proxied()
    const errors: unknown[] = []
    const group = new Group(client, path, { onError: (error) => void errors.push(error) })
    const me = await group.join('me', 'old')
    const huge = Buffer.alloc(2_000_000)
    expect(await codeOf(me.setData(huge))).toBe('ERR_TOO_LARGE')
    await world.expire(client)
    await until(() => me.generation === 2, 'joined again')
    expect([await dataOf(group, 'me'), errors]).toEqual(['old', []])
    await me.setData('new')
    await world.expire(client)
    await until(() => me.generation === 3, 'joined again')
    expect(await dataOf(group, 'me')).toBe('new')
    await me.leave()
    await world.clean(path)
  })

  it('P-02: bytes that the caller uses again for something else are not what it joins again with', async () => {
    const { client } = await world.proxied()
    const group = new Group(client, path)
    const bytes = Buffer.from('first')
    const me = await group.join('me', bytes)
    bytes.fill('x')
    await world.expire(client)
    await until(() => me.generation === 2, 'joined again')
    expect(await dataOf(group, 'me')).toBe('first')
    bytes.write('other')
    await me.setData(bytes)
    bytes.fill('x')
    await world.expire(client)
    await until(() => me.generation === 3, 'joined again')
    expect(await dataOf(group, 'me')).toBe('other')
    await me.leave()
    await world.clean(path)
  })

  it('P-02, P-06: data that is refused while it is absent is refused to whoever wished it; it joins with the data before', async () => {
    const { client, proxy } = await world.proxied()
    const errors: unknown[] = []
    const group = new Group(client, path, { onError: (error) => void errors.push(error) })
    const me = await group.join('me', 'old')
    proxy.refuse()
    await world.expire(client)
    const writing = codeOf(me.setData(Buffer.alloc(2_000_000)))
    proxy.accept()
    await until(() => me.generation === 2, 'joined again')
    expect([await writing, await dataOf(group, 'me')]).toEqual(['ERR_TOO_LARGE', 'old'])
    await me.leave()
    await world.clean(path)
  })

  it('P-04: a reconnect within the session changes nothing that others could see', async () => {
    const { client, proxy } = await world.proxied()
    const watcher = await world.client()
    const me = await new Group(client, path).join('me', 'x')
    const { seen, stop } = follow(watcher)
    await until(() => seen.length === 2, 'synced')
    for (let flap = 0; flap < 3; flap++) {
      proxy.cut()
      await client.sync('/')
    }
    await watcher.sync('/')
    expect(me.generation).toBe(1)
    expect(seen).toEqual(['join me=x', 'synced me'])
    await stop()
    await me.leave()
    await world.clean(path)
  })

  it('P-04: a disconnection beyond the deadline whose session lives on keeps the znode', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 4_000 })
    const me = await new Group(client, path).join('me')
    const { token, generation } = me
    const belief = client.session
    proxy.refuse()
    await until(() => me.state === 'absent', 'the deadline passes')
    proxy.accept()
    await until(() => me.state === 'joined', 'joined again')
    if (client.session.id === belief.id) expect([me.token, me.generation]).toEqual([token, generation])
    else expect(me.generation).toBe(generation + 1)
    await me.leave()
    await world.clean(path)
  })

  it('G-07, P-02: the znode of a dead session is waited for, not adopted', async () => {
    const dying = await world.client()
    const { client } = await world.proxied()
    await dying.ensurePath(path)
    await dying.create(`${path}/me`, 'foreign', { mode: 'ephemeral' })
    const group = new Group(client, path)
    const joining = group.join('me', 'mine')
    await until(async () => (await world.watches()) === 1, 'waits for the deletion')
    expect(await dataOf(group, 'me')).toBe('foreign')
    await dying.close()
    const me = await joining
    expect(await client.exists(`${path}/me`)).toMatchObject({ ephemeralOwner: client.session.id, czxid: me.token })
    expect(await dataOf(group, 'me')).toBe('mine')
    await me.leave()
    await world.clean(path)
  })

  it('G-07: with replace it is replaced in one transaction; who was replaced ends as revoked and does not come back', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const watcher = follow(await world.client())
    const old = await new Group(a, path).join('me', 'a')
    await until(() => watcher.seen.includes('join me=a'), 'joined')
    const now = await new Group(b, path).join('me', 'b', { onTaken: 'replace' })
    expect(now.token).toBeGreaterThan(old.token)
    // Whoever waits for its turn waits until the name is free: a membership under `wait` stays absent.
    await until(() => old.state === 'absent' || old.state === 'ended', 'the old one lost its znode')
    await until(() => watcher.seen.includes('join me=b'), 'seen')
    expect(watcher.seen).toEqual(['synced ', 'join me=a', 'leave me=a', 'join me=b'])
    await old.leave()
    expect((await b.exists(`${path}/me`))?.czxid).toBe(now.token)
    await now.leave()
    await watcher.stop()
    await world.clean(path)
  })

  it('G-07: replaces also by a znode that nobody may write', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const acl = [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }]
    const old = await new Group(a, path, { acl }).join('me', 'a', { onTaken: 'replace' })
    const now = await new Group(b, path, { acl }).join('me', 'b', { onTaken: 'replace' })
    expect(await old.ended).toBe('revoked')
    expect([await dataOf(new Group(b, path), 'me'), now.generation]).toEqual(['b', 1])
    await now.leave()
    await world.clean(path)
  })

  it('G-07: who is replaced in the midst of leaving, or of writing, does that to its own znode alone', async () => {
    for (const what of ['leave', 'setData'] as const) {
      const [a, b] = [await world.client(), await world.client()]
      const old = await new Group(a, path).join(what, 'a', { onTaken: 'replace' })
      const method = what === 'leave' ? 'delete' : 'setData'
      const request: (...args: never[]) => Promise<unknown> = a[method].bind(a)
      const replaced = new Promise<Membership>((resolve) => {
        vi.spyOn(a, method).mockImplementationOnce(async (...args: unknown[]) => {
          resolve(await new Group(b, path).join(what, 'b', { onTaken: 'replace' }))
          return (await request(...(args as never[]))) as never
        })
      })
      if (what === 'leave') await old.leave()
      else expect(await codeOf(old.setData('late'))).toBe('ERR_LOST')
      const now = await replaced
      await b.sync('/')
      expect([now.state, now.generation, await b.exists(now.path)], what).toMatchObject(['joined', 1, { czxid: now.token }])
      expect(await dataOf(new Group(b, path), what)).toBe('b')
      await now.leave()
    }
    await world.clean(path)
  })

  it('G-07: a membership that was joined with replace ends as revoked when another process takes its name', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const old = await new Group(a, path).join('me', 'a', { onTaken: 'replace' })
    const now = await new Group(b, path).join('me', 'b', { onTaken: 'replace' })
    expect(await old.ended).toBe('revoked')
    expect([old.state, old.signal.aborted]).toEqual(['ended', true])
    expect(await codeOf(old.setData('late'))).toBe('ERR_LOST')
    await old.leave()
    expect((await b.getData(`${path}/me`)).data?.toString()).toBe('b')
    await now.leave()
    await world.clean(path)
  })

  it('T-02: the same name twice through one client, a persistent znode, or a live session under reject is an error', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const me = await new Group(a, path).join('me')
    expect(await codeOf(new Group(a, path).join('me'))).toBe('NODE_EXISTS')
    expect(await codeOf(new Group(b, path).join('me', null, { onTaken: 'reject' }))).toBe('NODE_EXISTS')
    expect(await codeOf(new Group(b, path).join('me', null, { timeoutMs: 100 }))).toBe('ERR_TIMEOUT')
    await b.create(`${path}/fixed`)
    expect(await codeOf(new Group(b, path).join('fixed', null, { onTaken: 'replace' }))).toBe('NODE_EXISTS')
    await b.delete(`${path}/fixed`)
    expect(me.state).toBe('joined')
    await me.leave()
    const again = await new Group(a, path).join('me')
    await again.leave()
    await world.clean(path)
  })

  it('P-03: closing right after joining, or an abort at any moment, leaves no znode and no watch', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const client = await world.client()
      const group = new Group(client, path)
      const stop = new AbortController()
      const reason = new Error('enough')
      const joining = [group.join('a'), group.join('b', null, { signal: stop.signal })]
      const settled = Promise.allSettled(joining)
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      stop.abort(reason)
      await group.close()
      const [a, b] = await settled
      if (a?.status === 'fulfilled') expect(a.value.state).toBe('ended')
      if (b?.status === 'fulfilled') expect(b.value.state).toBe('ended')
      expect(await world.children(path), `after ${turns} turns`).toEqual([])
      await client.close()
    }
    await world.clean(path)
  })

  it('P-05: who is not registered yet is no member, also not for itself', async () => {
    const { client, proxy } = await world.proxied()
    const group = new Group(client, path)
    const me = await group.join('me')
    proxy.refuse()
    await world.expire(client)
    const watcher = new Group(await world.client(), path)
    await until(async () => (await watcher.members()).members.size === 0, 'gone')
    proxy.accept()
    await until(async () => (await group.members()).members.get('me')?.self === true, 'joined again')
    expect(me.generation).toBe(2)
    await me.leave()
    await world.clean(path)
  })

  it('P-09: what the servers refuse is told, and joining again goes on until it is allowed', async () => {
    const { client } = await world.proxied()
    const operator = await world.client()
    const errors: unknown[] = []
    const group = new Group(client, path, { onError: (error) => void errors.push(error) })
    const me = await group.join('me')
    // An empty folder might be reaped, and made anew with an ACL that refuses nothing.
    const other = await new Group(operator, path).join('other')
    await operator.setAcl(path, [{ perms: 1 | 16, id: { scheme: 'world', id: 'anyone' } }])
    await world.expire(client)
    await until(() => errors.length > 0, 'told')
    expect(errors[0]).toMatchObject({ code: 'NO_AUTH' })
    expect(me.state).toBe('absent')
    await operator.setAcl(path, [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }])
    await until(() => me.state === 'joined', 'joined again')
    expect(me.generation).toBe(2)
    await me.leave()
    await other.leave()
    await world.clean(path)
  })

  it('P-09, G-03: refusals after a create whose reply was lost do not make it take its own znode for another one', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    const errors: unknown[] = []
    const group = new Group(client, path, { onError: (error) => void errors.push(error) })
    const me = await group.join('me')
    const other = await new Group(operator, path).join('other')
    const lost = network.inject('holdReply', { operation: 'create2' })
    await operator.delete(`${path}/me`)
    await lost.begun
    await operator.setAcl(path, [{ perms: 1 | 16, id: { scheme: 'world', id: 'anyone' } }])
    network.cut()
    await until(() => errors.length > 2, 'told')
    await operator.setAcl(path, [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }])
    await until(() => me.state !== 'absent', 'joined again')
    expect([me.state, me.generation]).toEqual(['joined', 2])
    expect((await operator.exists(me.path))?.czxid).toBe(me.token)
    await me.leave()
    await other.leave()
    await world.clean(path)
  })

  it('P-03: leaving while it joins again resolves when the znode of that is gone, too', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    const group = new Group(client, path)
    const me = await group.join('me')
    const other = await new Group(operator, path).join('other')
    const late = network.inject('delayReply', { operation: 'create2', delayMs: 100 })
    await operator.delete(me.path)
    await late.begun
    const { delete: remove } = client
    vi.spyOn(client, 'delete').mockImplementationOnce(async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await remove.apply(client, args)
    })
    await me.leave()
    expect(await world.children(path)).toEqual(['other'])
    await other.leave()
    await world.clean(path)
  })

  it('P-07: is followed for one read a change, and looked at for the time of one round trip, however many members there are', async () => {
    const other = new Group(await world.client(), path)
    const members = await Promise.all(Array.from({ length: 40 }, (_, i) => other.join(`m${i}`)))
    const { client, proxy } = await world.proxied()
    const { seen, stop } = follow(client)
    await until(() => seen.some((text) => text.startsWith('synced')), 'synced')
    const before = proxy.requests
    await members[7]?.setData('x')
    await until(() => seen.includes('update m7=x'), 'the update')
    expect(proxy.requests - before).toBe(1)
    await members[8]?.leave()
    await until(() => seen.includes('leave m8=null'), 'the leave')
    // Whether it is there still is asked at most once.
    expect(proxy.requests - before).toBeLessThanOrEqual(2)
    await stop()
    await other.close()
    await world.clean(path)
  })

  it('P-07, G-14: a look at many members hangs one listener on the signal of its caller', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    const client = await world.client()
    const group = new Group(client, path)
    await Promise.all(Array.from({ length: 20 }, (_, i) => group.join(`m${i}`)))
    const { signal } = new AbortController()
    let listeners = 0
    const { addEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++
      addEventListener.apply(signal, args)
    }
    expect((await group.members({ signal })).members.size).toBe(20)
    // The list's, and that of all reads.
    expect(listeners).toBeLessThanOrEqual(2)
    await group.close()
    process.off('warning', warned)
    expect(warnings).toEqual([])
    await world.clean(path)
  })

  it('P-10: yields joins, leaves, updates and a synced mark, with the zxid of each', async () => {
    const [a, b] = [await world.client(), await world.client()]
    const stop = new AbortController()
    const group = new Group(a, path)
    const changes = group.changes({ signal: stop.signal })
    const next = async (): Promise<GroupChange> => {
      const { value } = await changes.next()
      if (value === undefined) throw new Error('the end')
      return value
    }
    const first = await new Group(b, path).join('first', '1')
    expect(await next()).toMatchObject({ type: 'join', member: { name: 'first', token: first.token }, zxid: first.token })
    expect(await next()).toMatchObject({ type: 'synced', zxid: first.token })
    const second = await new Group(b, path).join('second')
    expect(await next()).toMatchObject({ type: 'join', member: { name: 'second' }, zxid: second.token })
    await first.setData('2')
    const update = await next()
    expect(update).toMatchObject({ type: 'update', member: { name: 'first' }, previous: { name: 'first', token: first.token } })
    if (update.type === 'update') expect([`${update.member.data}`, `${update.previous.data}`]).toEqual(['2', '1'])
    await second.leave()
    const leave = await next()
    expect(leave).toMatchObject({ type: 'leave', member: { name: 'second', token: second.token } })
    if (leave.type === 'leave') expect(leave.zxid).toBeGreaterThan(second.token)
    await first.leave()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(
      (async () => {
        for await (const _ of changes) void _
      })(),
    ).rejects.toBe(reason)
    await world.clean(path)
  })

  it('P-10, C-01: a member that left and joined again while the watcher was away is a leave and a join', async () => {
    const { client, proxy } = await world.proxied()
    const other = await world.client()
    const group = new Group(other, path)
    const first = await group.join('me', 'same')
    const { seen, stop } = follow(client)
    await until(() => seen.length === 2, 'synced')
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'away')
    await first.leave()
    const second = await group.join('me', 'same')
    await other.create(`${path}/gone`, null, { mode: 'ephemeral' })
    await other.delete(`${path}/gone`)
    proxy.accept()
    await until(() => seen.filter((text) => text === 'join me=same').length === 2, 'joined again')
    expect(seen.filter((text) => text.startsWith('leave'))).toEqual(['leave me=same'])
    await stop()
    await second.leave()
    await world.clean(path)
  })

  it('C-03: a synced follows what was missed, also where the server replays it', async () => {
    const { client, proxy } = await world.proxied()
    const group = new Group(await world.client(), path)
    const a = await group.join('a', '1')
    const { seen, stop } = follow(client)
    await until(() => seen.length === 2, 'synced')
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'away')
    await a.setData('2')
    await group.join('b')
    proxy.accept()
    await until(() => seen.at(-1) === 'synced a,b', 'synced again')
    expect(seen).toEqual(['join a=1', 'synced a', 'update a=2', 'join b=null', 'synced a,b'])
    await stop()
    await group.close()
    await world.clean(path)
  })

  it('C-02: following goes on over requests that fail for a while', async () => {
    const client = await world.client()
    const group = new Group(await world.client(), path)
    await group.join('a')
    const watch = vi.spyOn(client, 'watch').mockRejectedValueOnce(new ZoariumError('ERR_TIMEOUT', 'watch', { path }))
    const changes = new Group(client, path).changes()
    expect((await changes.next()).value).toMatchObject({ type: 'join', member: { name: 'a' } })
    expect((await changes.next()).value).toMatchObject({ type: 'synced' })
    vi.spyOn(client, 'getData').mockRejectedValueOnce(new ZoariumError('ERR_CONNECTION_LOSS', 'getData', { path }))
    await group.join('b')
    expect((await changes.next()).value).toMatchObject({ type: 'join', member: { name: 'b' } })
    expect(watch).toHaveBeenCalledTimes(2)
    await changes.return()
    await group.close()
    vi.restoreAllMocks()
  })

  it('C-02: following goes on over the end of the session', async () => {
    const { client } = await world.proxied()
    const other = await world.client()
    const group = new Group(other, path)
    const { seen, stop } = follow(client)
    await until(() => seen.length === 1, 'synced')
    await world.expire(client)
    const me = await group.join('me', 'x')
    await until(() => seen.includes('join me=x'), 'seen')
    await me.leave()
    await until(() => seen.includes('leave me=x'), 'seen')
    expect(seen.filter((text) => text === 'join me=x')).toHaveLength(1)
    await stop()
    await world.clean(path)
  })

  it('a member that an operator deletes comes back', async () => {
    const client = await world.client()
    const group = new Group(client, path)
    const me = await group.join('me', 'x')
    const operator = await world.client()
    await operator.delete(`${path}/me`)
    await until(() => me.generation === 2, 'joined again')
    await until(() => me.state === 'joined', 'joined again')
    const folder = (await operator.exists(path))?.czxid
    await operator.multi([
      { type: 'delete', path: me.path },
      { type: 'delete', path },
    ])
    await until(async () => me.state === 'joined' && (await operator.exists(path))?.czxid !== folder, 'joined again, in a new folder')
    await until(async () => (await operator.exists(me.path)) !== null, 'present')
    expect(await dataOf(group, 'me')).toBe('x')
    await me.leave()
    await world.clean(path)
  })

  it('G-03, G-11: a lost message at any request of joining, writing or leaving changes nothing about the result', async () => {
    await (await world.client()).ensurePath(path)
    for (const lose of ['cutAfterRequests', 'cutBeforeRequest'] as const) {
      for (let n = 1; ; n++) {
        const { client, proxy } = await world.proxied()
        const group = new Group(client, path)
        proxy[lose](n)
        const me = await group.join('me', 'a')
        await me.setData('b')
        expect(await dataOf(group, 'me'), `${lose}(${n})`).toBe('b')
        expect(me.generation, `${lose}(${n})`).toBe(1)
        await me.leave()
        expect(await world.children(path), `${lose}(${n})`).toEqual([])
        const struck = !proxy.armed
        await client.close()
        if (!struck) break
        expect(n).toBeLessThan(20)
      }
    }
    await world.clean(path)
  })

  it('G-05: a join whose reply was lost and whose session ended joins again in the next session', async () => {
    const { client, proxy } = await world.proxied()
    const group = new Group(client, path)
    await client.ensurePath(path)
    proxy.loseReply(Op.create2)
    const joining = group.join('me', 'x')
    await until(() => !proxy.armed, 'the reply is swallowed')
    await world.expire(client)
    const me = await joining
    await until(async () => (await client.exists(`${path}/me`))?.ephemeralOwner === client.session.id, 'a znode of the new session')
    await until(() => me.state === 'joined', 'joined')
    await me.leave()
    await world.clean(path)
  })

  it.runIf(OWN_SERVER)('G-05, G-07: what a former session left behind by a create whose reply was lost is replaced at once', async () => {
    await using lasting = await World.start({ durable: true })
    const { client, network } = await lasting.networked({ sessionTimeoutMs: 2_000 })
    const { session } = client
    await client.ensurePath(path)
    const lost = network.inject('holdReply', { operation: 'create2' })
    const joining = new Group(client, path).join('me', null, { onTaken: 'reject' })
    joining.catch(() => {})
    await lost.begun
    network.refuse()
    // Each start gives the session its whole time again; the client knows nothing of that, and gives it up.
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 700))
      await lasting.restart()
    }
    network.accept()
    const me = await joining
    expect(client.session.id).not.toBe(session.id)
    expect(await client.exists(me.path)).toMatchObject({ czxid: me.token, ephemeralOwner: client.session.id })
    await me.leave()
  })

  it('leaving is idempotent; setData after it is an error; closing the client ends memberships', async () => {
    const client = await world.client()
    const group = new Group(client, path)
    const me = await group.join('me')
    await Promise.all([me.leave(), me.leave(), me[Symbol.asyncDispose]()])
    expect(await me.ended).toBe('released')
    expect(await codeOf(me.setData('x'))).toBe('ERR_NOT_HELD')
    const other = await group.join('other')
    await client.close()
    expect(await other.ended).toBe('closed')
    await group.close()
    expect(await codeOf(group.join('late'))).toBe('ERR_CLOSED')
  })

  it.runIf(OWN_SERVER)('G-10, P-09: a client whose login is refused when it comes back is over, and its membership with it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'zoarium-group-'))
    const users = join(home, 'users')
    await writeFile(users, 'bob:secret', { mode: 0o600 })
    const server = await startServer({ tickTimeMs: 100, minSessionTimeoutMs: 500, saslUsersFile: users })
    const proxy = await FaultProxy.start({ host: '127.0.0.1', port: server.port })
    const client = await connect(proxy.address, { sessionTimeoutMs: 1_000, sasl: { user: 'bob', password: 'secret' } })
    const errors: unknown[] = []
    const me = await new Group(client, path, { onError: (error) => void errors.push(error) }).join('me')
    proxy.refuse()
    await until(() => me.state === 'absent', 'the session is lost')
    await writeFile(users, 'bob:changed')
    await server.reload()
    proxy.accept()
    await until(() => client.status.type === 'authFailed', 'refused')
    await until(() => me.state === 'ended', 'it ends')
    expect([await me.ended, errors]).toEqual(['closed', []])
    await client.close()
    await proxy[Symbol.asyncDispose]()
    await server.close()
    await rm(home, { recursive: true })
  })

  it('G-16: who is cut off waits for leave and close at most until the deadline of its session', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 1_500 })
    const group = new Group(client, path)
    const [me, other] = [await group.join('me'), await group.join('other')]
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'disconnected')
    await me.leave()
    expect(client.session.signal.aborted).toBe(true)
    await group.close()
    expect([await me.ended, await other.ended]).toEqual(['released', 'closed'])
    expect(client.status.type).toBe('lost')
    proxy.accept()
    await world.clean(path)
  })

  it('validates its arguments', async () => {
    const client = await world.client()
    expect(() => new Group(client, 'group')).toThrow(/expected an absolute path/)
    const group = new Group(client, path)
    for (const name of ['', 'a/b', '.', '..', 'x'.repeat(201)]) expect(await codeOf(group.join(name))).toBe('ERR_CONFIG')
    expect(await codeOf(group.join('x', null, { onTaken: 'steal' as never }))).toBe('ERR_CONFIG')
    expect(await codeOf(group.join('x', null, { timeoutMs: -1 }))).toBe('ERR_CONFIG')
  })
})
