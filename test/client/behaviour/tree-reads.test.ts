import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import type { Client, StandardSchema } from '../../../core/index.ts'
import { jsonCodec, protobufCodec, textCodec } from '../../../core/index.ts'
import { code, Fixture, rejection } from '../support.ts'
import { serverUnderTest } from './server-under-test.ts'

const fixture = new Fixture()

async function client(chroot = ''): Promise<Client> {
  const server = await serverUnderTest(fixture)
  const made = await fixture.client(server.connectString + chroot)
  if (chroot !== '') await made.ensurePath('/')
  return made
}

/** /app with `directories` of `leaves` each. */
async function grow(target: Client, directories: number, leaves: number): Promise<void> {
  const creating = [target.create('/app', 'root')]
  for (let d = 0; d < directories; d++) {
    creating.push(target.create(`/app/d${d}`, `d${d}`))
    for (let l = 0; l < leaves; l++) creating.push(target.create(`/app/d${d}/l${l}`, `${d}.${l}`))
  }
  await Promise.all(creating)
}

describe('reading many znodes', () => {
  for (const chroot of ['', '/tenant/1']) {
    it(`walks parents before children, in order, over more than one batch${chroot === '' ? '' : ' and under a chroot'}`, async () => {
      const c = await client(chroot)
      await grow(c, 30, 40)
      const seen: string[] = []
      const known = new Set<string>()
      for await (const { path, name, data } of c.walk('/app')) {
        expect(path.endsWith(name)).toBe(true)
        if (path !== '/app') expect(known).toContain(path.slice(0, path.lastIndexOf('/')))
        known.add(path)
        seen.push(`${path}=${data}`)
      }
      expect(seen).toHaveLength(1 + 30 + 30 * 40)
      expect(seen[0]).toBe('/app=root')
      expect(seen).toContain('/app/d29/l39=29.39')
      const paths = [...known].slice(1, 31)
      expect(paths).toEqual([...paths].sort())
      expect((await c.readTree('/app')).get('/app/d3/l4')?.data?.toString()).toBe('3.4')
    })
  }

  it('takes children with their data, sorted, also of the root', async () => {
    const c = await client()
    await grow(c, 100, 0)
    const children = await c.getChildrenWithData('/app')
    expect(children.map(({ name }) => name)).toEqual(Array.from({ length: 100 }, (_, i) => `d${i}`).sort())
    expect(children.every(({ name, data, stat }) => String(data) === name && stat.dataLength === name.length)).toBe(true)
    expect((await c.getChildrenWithData('/')).map(({ path }) => path)).toEqual(['/app', '/zookeeper'])
    expect(await c.getChildrenWithData('/app/d1')).toEqual([])
  })

  it('leaves out what vanishes meanwhile, and says when the top is missing', async () => {
    const c = await client()
    await grow(c, 3, 3)
    const seen: string[] = []
    for await (const { path } of c.walk('/app')) {
      if (path === '/app/d1') await c.deleteRecursive('/app/d2')
      seen.push(path)
    }
    expect(seen).not.toContain('/app/d2/l0')
    expect(await code(c.readTree('/missing'))).toBe('NO_NODE')
    expect(await code(c.getChildrenWithData('/missing'))).toBe('NO_NODE')
    expect(await code(c.getChildrenWithData('bad'))).toBe('BAD_ARGUMENTS')
  })

  it('does not hide that something may not be read', async () => {
    const c = await client()
    await c.create('/app')
    await c.create('/app/secret', null, { acl: [{ perms: 4, id: { scheme: 'world', id: 'anyone' } }] })
    expect(await code(c.readTree('/app'))).toBe('NO_AUTH')
    expect(await code(c.getChildrenWithData('/app'))).toBe('NO_AUTH')
  })

  it('ends when it is aborted', async () => {
    const c = await client()
    await grow(c, 20, 40)
    const aborted = new AbortController()
    const walked = (async () => {
      for await (const { path } of c.walk('/app', { signal: aborted.signal })) if (path === '/app/d0') aborted.abort(new Error('enough'))
    })()
    expect(String(await rejection(walked))).toContain('enough')
  })
})

describe('znodes as values', () => {
  interface Limits {
    readonly perMinute: number
  }
  const schema: StandardSchema<Limits> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const perMinute = (value as { perMinute?: unknown } | null)?.perMinute
        return typeof perMinute === 'number'
          ? { value: { perMinute } }
          : { issues: [{ message: 'expected a number', path: ['perMinute'] }] }
      },
    },
  }

  it('are JSON with a schema on both ways', async () => {
    const c = await client()
    const limits = c.typed(jsonCodec(schema))
    await limits.create('/limits', { perMinute: 5 })
    expect((await limits.get('/limits')).value).toEqual({ perMinute: 5 })
    await limits.set('/limits', { perMinute: 6 }, { version: 0 })
    const bad = await rejection(limits.set('/limits', { perMinute: 'x' as unknown as number }))
    expect(String(bad)).toMatch(/encoding \/limits \(perMinute: expected a number\).*ERR_VALIDATION/)
    expect((await limits.get('/limits')).stat.version).toBe(1)
    for (const data of ['{"perMinute":"x"}', 'not json', Buffer.from([0xff]), null]) {
      await c.setData('/limits', data)
      expect(await code(limits.get('/limits'))).toBe('ERR_VALIDATION')
    }
    expect(() => jsonCodec({} as StandardSchema<Limits>)).toThrow(/Standard Schema object of version 1/)
  })

  it('are changed by all who change them at once', async () => {
    const c = await client()
    const counter = c.typed(jsonCodec<number>())
    await counter.create('/n', 0)
    await Promise.all(Array.from({ length: 20 }, () => counter.update('/n', (n) => n + 1)))
    expect((await counter.get('/n')).value).toBe(20)
    expect(await code(counter.update('/n', () => undefined as unknown as number))).toBe('ERR_VALIDATION')
  })

  it('are messages of protobufjs, or text', async () => {
    const c = await client()
    const { root } = protobuf.parse('syntax = "proto3"; message Lease { string owner = 1; uint32 count = 2; }')
    const leases = c.typed(protobufCodec<protobuf.Message & { owner?: string; count?: number }>(root.lookupType('Lease')))
    await leases.create('/lease', root.lookupType('Lease').create({ owner: 'me', count: 7 }))
    expect((await leases.get('/lease')).value).toMatchObject({ owner: 'me', count: 7 })
    await c.setData('/lease', Buffer.from([0xff, 0xff]))
    expect(await code(leases.get('/lease'))).toBe('ERR_VALIDATION')
    const texts = c.typed(textCodec)
    await texts.set('/lease', 'grüße')
    expect((await texts.get('/lease')).value).toBe('grüße')
  })
})
