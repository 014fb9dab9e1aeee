// test: the call options of groups, partitions, services and znodes that stay.

import { Group } from '../../../recipes/group.ts'
import { Partitioner } from '../../../recipes/partitioner/partitioner.ts'
import { PersistentNode } from '../../../recipes/persistent-node.ts'
import { ServiceRegistry } from '../../../recipes/registry/service-registry.ts'
import { Op } from '../../support/fault-proxy.ts'
import type { Row, Stage } from './stage.ts'

const MAIL = { service: 'mail', address: '10.0.0.7' } as const

function partitioner({ client, path }: Stage): Partitioner {
  return new Partitioner(client, path, { items: ['north', 'south'], name: 'host-7', work: () => {} })
}

export const MEMBER_ROWS: readonly Row[] = [
  {
    method: 'Group.join',
    open: async ({ client, path }) => {
      const group = new Group(client, path)
      return { call: (options) => group.join('host-7', null, options), close: () => group.close() }
    },
  },
  {
    method: 'Group.join',
    when: 'under a name that is taken',
    silent: 'never',
    open: async ({ client, another, path }) => {
      const other = await another()
      const [first, second] = [new Group(other, path), new Group(client, path)]
      await first.join('host-7')
      return { call: (options) => second.join('host-7', null, options), close: () => Promise.all([first.close(), second.close()]) }
    },
  },
  {
    method: 'Group.members',
    open: async ({ client, another, path }) => {
      const other = await another()
      const [first, second] = [new Group(other, path), new Group(client, path)]
      await first.join('host-7')
      return { call: (options) => second.members(options), close: () => first.close() }
    },
  },
  {
    method: 'Group.changes',
    late: null,
    open: async ({ client, path }) => {
      const group = new Group(client, path)
      return { call: (options) => group.changes(options).next(), close: () => group.close() }
    },
  },
  {
    method: 'Group.changes',
    when: 'once it follows',
    late: null,
    open: async ({ client, path }) => {
      const group = new Group(client, path)
      const call = async (signal: AbortSignal | undefined): Promise<void> => {
        for await (const _ of group.changes(signal === undefined ? {} : { signal }));
      }
      const following = new AbortController()
      const changes = group.changes({ signal: following.signal })
      await changes.next()
      return {
        call: async ({ signal }) => {
          if (signal?.aborted === true) return await call(signal)
          signal?.addEventListener('abort', () => following.abort(signal.reason), { once: true })
          return await changes.next()
        },
        close: async () => {
          following.abort()
          await changes.return()
          await group.close()
        },
      }
    },
  },
  {
    method: 'Group.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const group = new Group(client, path)
      await group.join('host-7')
      return { call: (options) => group.close(options) }
    },
  },
  {
    method: 'Membership.setData',
    open: async ({ client, path }) => {
      const group = new Group(client, path)
      const me = await group.join('host-7')
      return { call: (options) => me.setData('busy', options), close: () => group.close() }
    },
  },
  {
    method: 'Membership.leave',
    cleansUp: true,
    open: async ({ client, path }) => {
      const me = await new Group(client, path).join('host-7')
      return { call: (options) => me.leave(options) }
    },
  },
  {
    method: 'Partitioner.start',
    open: async (stage) => {
      const one = partitioner(stage)
      return { call: (options) => one.start(options), close: () => one.close() }
    },
  },
  {
    method: 'Partitioner.close',
    cleansUp: true,
    open: async (stage) => {
      const one = partitioner(stage)
      await one.start()
      while (one.owned.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'ServiceRegistry.register',
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      return { call: (options) => one.register(MAIL, options), close: () => one.close() }
    },
  },
  {
    method: 'ServiceRegistry.discover',
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      return { call: (options) => one.discover('mail', options), close: () => one.close() }
    },
  },
  {
    method: 'ServiceRegistry.discover',
    when: 'with the watch there',
    silent: Op.multiRead,
    timeoutMs: 3_000,
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      return { call: (options) => one.discover('mail', options), close: () => one.close() }
    },
  },
  {
    method: 'ServiceRegistry.services',
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      return { call: (options) => one.services(options) }
    },
  },
  {
    method: 'ServiceRegistry.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      await one.register(MAIL)
      await one.discover('mail')
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'Registration.setPayload',
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      const registration = await one.register(MAIL)
      return { call: (options) => registration.setPayload({ load: 1 }, options), close: () => one.close() }
    },
  },
  {
    method: 'Registration.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const registration = await new ServiceRegistry(client, path).register(MAIL)
      return { call: (options) => registration.close(options) }
    },
  },
  {
    method: 'ServiceDirectory.waitUntil',
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      const mail = await one.discover('mail')
      return { call: (options) => mail.waitUntil(2n ** 62n, options), close: () => one.close() }
    },
  },
  {
    method: 'ServiceDirectory.changes',
    late: null,
    open: async ({ client, path }) => {
      const one = new ServiceRegistry(client, path)
      const mail = await one.discover('mail')
      const call = async (signal: AbortSignal | undefined): Promise<void> => {
        for await (const _ of mail.changes(signal === undefined ? {} : { signal }));
      }
      return { call: ({ signal }) => call(signal), close: () => one.close() }
    },
  },
  {
    method: 'ServiceDirectory.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const mail = await new ServiceRegistry(client, path).discover('mail')
      return { call: (options) => mail.close(options) }
    },
  },
  {
    method: 'PersistentNode.start',
    open: async ({ client, path }) => {
      const node = new PersistentNode(client, path)
      return { call: (options) => node.start(options), close: () => node.close() }
    },
  },
  {
    method: 'PersistentNode.start',
    when: 'while it starts already',
    silent: 'never',
    open: async ({ client, another, path }) => {
      const holder = new PersistentNode(await another(), path)
      await holder.start()
      const node = new PersistentNode(client, path)
      const first = node.start().catch(() => {})
      return {
        call: (options) => node.start(options),
        close: async () => {
          await node.close()
          await first
          await holder.close()
        },
      }
    },
  },
  {
    method: 'PersistentNode.setData',
    open: async ({ client, path }) => {
      const node = new PersistentNode(client, path)
      await node.start()
      return { call: (options) => node.setData('busy', options), close: () => node.close() }
    },
  },
  {
    method: 'PersistentNode.setData',
    when: 'before there is a znode',
    silent: 'never',
    open: async ({ client, path }) => {
      const node = new PersistentNode(client, path)
      return { call: (options) => node.setData('busy', options), close: () => node.close() }
    },
  },
  {
    method: 'PersistentNode.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const node = new PersistentNode(client, path)
      await node.start()
      return { call: (options) => node.close(options) }
    },
  },
]
