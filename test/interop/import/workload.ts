// A seeded random workload with everything that a ZooKeeper log can hold: all kinds of nodes, lists, quotas, transactions that succeed and
// fail, operations that are refused, sessions that come and go.

import { type Acl, type Client, connect, OPEN_ACL, ZoariumError } from '../../../core/index.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { CreateFlag } from '../../../core/wire/records.ts'
import { NEW_SESSION, RawSession, type SessionIdentity } from '../../cli/raw-session.ts'

/** The super user of the servers in these tests: `super:secret`. */
export const SUPER_DIGEST = 'super:lK75jTNcA+U9vtVEw5vB51mj/w4='
const SUPER_AUTH = { scheme: 'digest', auth: 'super:secret' }
const SESSION_TIMEOUT_MS = 40_000

const NAMES = ['a', 'b', 'c', 'Ümläut', '日本', 'with space', 'dotted.name', 'x-1']
const LISTS: readonly (readonly Acl[])[] = [
  OPEN_ACL,
  [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }],
  [
    { perms: 31, id: { scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' } },
    { perms: 1, id: { scheme: 'ip', id: '127.0.0.1' } },
  ],
  [{ perms: 27, id: { scheme: 'digest', id: 'ann:fyVmFCwVbTJYrznoSu1koqYEYF0=' } }],
]

export function connectSuper(hosts: string): Promise<Client> {
  return connect(hosts, { auth: [SUPER_AUTH], sessionTimeoutMs: SESSION_TIMEOUT_MS })
}

export class Workload {
  readonly #random: SeededRandom
  readonly #hosts: string
  readonly #paths = ['/w']
  #clients: Client[] = []
  #silentSession: SessionIdentity = NEW_SESSION

  constructor(hosts: string, seed: number) {
    this.#hosts = hosts
    this.#random = new SeededRandom(seed)
  }

  /** Sessions that live. */
  get clients(): readonly Client[] {
    return this.#clients
  }

  /** Of a session whose client has gone, which owns /w/silent. */
  get silentSession(): SessionIdentity {
    return this.#silentSession
  }

  /** Makes the nodes that every run has. */
  async begin(sessions = 3): Promise<void> {
    for (let i = 0; i < sessions; i++) this.#clients.push(await connectSuper(this.#hosts))
    const client = this.#client()
    await client.create('/w', 'root')
    for (const [path, data] of [
      ['/zookeeper/quota/w', null],
      ['/zookeeper/quota/w/zookeeper_limits', 'count=100000,bytes=100000000'],
      ['/zookeeper/quota/w/zookeeper_stats', 'count=0,bytes=0'],
    ] as const) {
      await client.create(path, data)
    }
    await client.create('/w/null', null)
    await client.create('/w/empty', '')
    await client.create('/w/container', 'c', { mode: 'container' })
    await client.create('/w/container/child', 'keeps it')
    await client.create('/w/ttl', 't', { mode: 'ttl', ttlMs: 86_400_000 })
    await client.create('/w/unused-container', null, { mode: 'container' })
    await client.create('/w/reaped', null, { mode: 'container' })
    await client.create('/w/reaped/child', null)
    await client.delete('/w/reaped/child')
    await this.#ending()
    await this.#silent()
  }

  /** A session that ends, with its ephemeral nodes. */
  async #ending(): Promise<void> {
    const client = await connectSuper(this.#hosts)
    await client.create('/w/ending', 'e', { mode: 'ephemeral' })
    await client.create('/w/ending-', 'e', { mode: 'ephemeral-sequential' })
    await client.close()
  }

  /** A session whose client has gone without a word, and the oldest create request. */
  async #silent(): Promise<void> {
    const session = await RawSession.open(Number(this.#hosts.split(':')[1]), NEW_SESSION, SESSION_TIMEOUT_MS)
    for (const [path, flags] of [
      ['/w/silent', CreateFlag.ephemeral],
      ['/w/plain', CreateFlag.persistent],
      ['/w/plain/s-', CreateFlag.persistentSequential],
    ] as const) {
      const { err } = await session.request({ op: OpCode.create, path, data: Buffer.from('raw'), acl: OPEN_ACL, flags })
      if (err !== 0) throw new Error(`create ${path}: ${err}`)
    }
    this.#silentSession = session.identity
    session.cut()
  }

  /** Waits until the server has removed the container that is empty again. */
  async reaped(): Promise<void> {
    while ((await this.#client().exists('/w/reaped')) !== null) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  /** Does `steps` random things, some of which the server refuses. */
  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      try {
        await this.#step()
      } catch (error) {
        if (!ZoariumError.is(error) || error.wireCode === null) throw error
      }
    }
  }

  /** Opens or closes a session. */
  async turnOver(): Promise<void> {
    if (this.#clients.length < 2 || this.#random.below(2) === 0) {
      this.#clients.push(await connectSuper(this.#hosts))
      return
    }
    const [leaving] = this.#clients.splice(this.#random.below(this.#clients.length), 1)
    // Connected surely: after a restart of the server a close could go out to nobody.
    await leaving?.exists('/')
    await leaving?.close()
  }

  /** To be called when the server is gone: the sessions stay in its files. */
  async abandon(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()))
  }

  async #step(): Promise<void> {
    const client = this.#client()
    const path = this.#pick(this.#paths)
    switch (this.#random.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#create(client, path, 'persistent')
      case 4:
        return this.#create(client, path, 'persistent-sequential')
      case 5:
        return this.#create(client, path, 'ephemeral')
      case 6:
        return this.#create(client, path, 'ephemeral-sequential')
      case 7:
        return this.#create(client, path, 'ttl')
      case 8:
      case 9:
        await client.setData(path, this.#data(), { version: this.#random.below(4) === 0 ? this.#random.below(3) : -1 })
        return
      case 10:
        await client.setAcl(path, this.#pick(LISTS))
        return
      case 11:
      case 12:
        if (path !== '/w') await client.delete(path)
        return
      case 13:
      case 14:
        await client.multi([
          { type: 'check', path: '/w' },
          { type: 'create', path: `${path}/m`, data: this.#data() },
          { type: 'setData', path, data: this.#data() },
          ...(this.#random.below(2) === 0 ? [{ type: 'delete' as const, path: `${path}/m` }] : []),
          ...(this.#random.below(3) === 0 ? [{ type: 'check' as const, path: '/not/there' }] : []),
        ])
        return
      default:
        return this.#random.below(4) === 0 ? this.turnOver() : this.#create(client, path, 'persistent')
    }
  }

  async #create(
    client: Client,
    parent: string,
    mode: 'persistent' | 'persistent-sequential' | 'ephemeral' | 'ephemeral-sequential' | 'ttl',
  ): Promise<void> {
    const { path } = await client.create(`${parent}/${this.#pick(NAMES)}`, this.#data(), {
      mode,
      acl: this.#pick(LISTS),
      ...(mode === 'ttl' ? { ttlMs: 1_000_000 + this.#random.below(1000) } : {}),
    })
    if (path.split('/').length < 6) this.#paths.push(path)
  }

  #data(): Buffer | null {
    const kind = this.#random.below(8)
    if (kind === 0) return null
    return Buffer.alloc(kind === 1 ? 0 : kind === 2 ? 1500 : this.#random.below(30), this.#random.below(256))
  }

  #client(): Client {
    return this.#pick(this.#clients)
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T
  }
}
