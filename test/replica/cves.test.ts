// ZooKeeper's vulnerabilities that a client of this protocol could use, tried here. The list with all of them: docs/internals/cves.md.

import { describe, expect, it } from 'vitest'
import { resolveServerOptions } from '../../core/server/options.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, OPEN_ACL } from '../../core/wire/records.ts'
import { create, setData, TestHost } from './harness.ts'

const WITHOUT_READ: readonly Acl[] = [{ perms: 30, id: { scheme: 'world', id: 'anyone' } }]

describe('CVE-2024-23944: persistent watches leak paths', () => {
  it.each([
    ['persistent', 0, '/secret'],
    ['recursive', 1, '/'],
  ])('a %s watch tells nothing of nodes that may not be read', (_name, mode, path) => {
    const host = new TestHost()
    const [owner, spy] = [host.client().connect(), host.client().connect()]
    spy.ask({ op: OpCode.addWatch, path, mode })
    owner.ask({ op: OpCode.create, path: '/secret', data: null, acl: WITHOUT_READ, flags: 0 })
    owner.ask({ op: OpCode.create, path: '/secret/name', data: null, acl: WITHOUT_READ, flags: 0 })
    owner.ask(setData('/secret/name', 'x'), { op: OpCode.delete, path: '/secret/name', version: -1 })
    expect(spy.frames.filter((one) => one.type === 'event')).toEqual([])
    owner.ask({ op: OpCode.setAcl, path: '/secret', acl: OPEN_ACL, version: -1 })
    owner.ask(setData('/secret', 'x'))
    expect(spy.frames.filter((one) => one.type === 'event')).toMatchObject([{ event: 3, path: '/secret' }])
  })

  it('nor does a one-shot watch', () => {
    const host = new TestHost()
    const [owner, spy] = [host.client().connect(), host.client().connect()]
    spy.ask({ op: OpCode.exists, path: '/secret', watch: true })
    owner.ask({ op: OpCode.create, path: '/secret', data: null, acl: WITHOUT_READ, flags: 0 })
    expect(spy.frames.filter((one) => one.type === 'event')).toEqual([])
  })
})

describe('CVE-2019-0201: getACL shows hashes', () => {
  it('nothing is shown to who has neither READ nor ADMIN', () => {
    const host = new TestHost()
    const [owner, spy] = [host.client().connect(), host.client().connect()]
    owner.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:secret') })
    owner.ask({ op: OpCode.create, path: '/a', data: null, acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }], flags: 0 })
    expect(spy.ask({ op: OpCode.getAcl, path: '/a' })).toMatchObject([{ err: -102 }])
  })
})

describe('CVE-2017-5637: wchp and wchc exhaust the server', () => {
  it('are not among the words that are answered unless somebody says so', () => {
    expect(resolveServerOptions({}).fourLetterWords).toEqual(['srvr', 'ruok', 'isro'])
  })
})

describe('CVE-2014-0085: passwords in the log', () => {
  it('what an auth request shows is logged neither when it is taken nor when it is refused', () => {
    const lines: string[] = []
    const host = new TestHost()
    const note = (...args: readonly unknown[]): void => void lines.push(JSON.stringify(args))
    Object.assign(host, { logger: { debug: note, info: note, warn: note, error: note } })
    const [taken, refused] = [host.client().connect(), host.client().connect()]
    taken.ask({ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('ann:hunter2') }, create('/a'))
    refused.ask({ op: OpCode.auth, type: 0, scheme: 'nobody', auth: Buffer.from('hunter2') })
    expect(refused.closed).toBe(true)
    expect(lines.join('\n')).toContain('auth_failed')
    expect(lines.join('\n')).not.toContain('hunter2')
  })
})
