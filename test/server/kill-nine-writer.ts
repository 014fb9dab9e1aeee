// One writer of the kill -9 test: what it sent, what was acknowledged, and which states of its nodes those two allow.

import { SeededRandom } from '../../core/support/random.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { readMultiResponse } from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { CreateFlag, type CreateRequest, OPEN_ACL, type PathWatchRequest, type Request } from '../../core/wire/records.ts'
import { readChildren2Response, readDataResponse, readPathResponse, readStringsResponse } from '../../core/wire/responses.ts'
import { ConnectionCut, NEW_SESSION, RawSession, type Reply, type SessionIdentity } from '../cli/raw-session.ts'

const SESSION_TIMEOUT_MS = 600_000
/** Requests in flight. */
const DEPTH = 8
const MAX_NODES = 40
const MAX_PADDING = 3000
const SHARED = '/shared'

interface Node {
  /** Id of the operation that wrote the data. */
  readonly writtenBy: number
  readonly version: number
  readonly ephemeral: boolean
}

/** What the writer's operations have made. `creations` is the counter of its home node, from which sequential names come. */
interface State {
  readonly nodes: ReadonlyMap<string, Node>
  readonly creations: number
  readonly deletions: number
  /** Operations that have made a node below /shared. */
  readonly shared: ReadonlySet<number>
}

type Operation = { readonly id: number; readonly padding: number } & (
  | { readonly type: 'create'; readonly name: string; readonly ephemeral: boolean }
  | { readonly type: 'sequential' }
  | { readonly type: 'shared' }
  | { readonly type: 'set' | 'delete'; readonly name: string }
  | { readonly type: 'createAndSet'; readonly name: string; readonly other: string }
)

function sequentialName(state: State): string {
  return `s-${String(state.creations).padStart(10, '0')}`
}

/** The state after one more operation; every operation succeeds, for nobody else writes here. */
function after(state: State, operation: Operation): State {
  const { id } = operation
  const nodes = new Map(state.nodes)
  const set = (name: string): void => {
    const before = nodes.get(name)
    if (before === undefined) throw new Error(`${name} is not there`)
    nodes.set(name, { ...before, writtenBy: id, version: before.version + 1 })
  }
  switch (operation.type) {
    case 'create':
      nodes.set(operation.name, { writtenBy: id, version: 0, ephemeral: operation.ephemeral })
      return { ...state, nodes, creations: state.creations + 1 }
    case 'sequential':
      nodes.set(sequentialName(state), { writtenBy: id, version: 0, ephemeral: false })
      return { ...state, nodes, creations: state.creations + 1 }
    case 'shared':
      return { ...state, shared: new Set([...state.shared, id]) }
    case 'set':
      set(operation.name)
      return { ...state, nodes }
    case 'delete':
      nodes.delete(operation.name)
      return { ...state, nodes, deletions: state.deletions + 1 }
    case 'createAndSet':
      nodes.set(operation.name, { writtenBy: id, version: 0, ephemeral: false })
      set(operation.other)
      return { ...state, nodes, creations: state.creations + 1 }
  }
}

/**
 * One line for each thing that can be seen of a state. No two states that follow one another look the same: cversion tells a node that was
 * created and deleted from one that never was.
 */
function visible(state: State): string {
  const lines = [...state.nodes].map(
    ([name, node]) => `${name} by ${node.writtenBy} version ${node.version}${node.ephemeral ? ' ephemeral' : ''}`,
  )
  lines.push(...[...state.shared].map((id) => `shared by ${id}`), `cversion ${state.creations + state.deletions}`)
  return lines.sort().join('\n')
}

export class KillNineWriter {
  readonly home: string
  readonly #name: string
  readonly #random: SeededRandom
  /** Of everything before `#sent`. */
  #base: State = { nodes: new Map(), creations: 0, deletions: 0, shared: new Set() }
  /** After everything in `#sent`. */
  #latest: State = this.#base
  #sent: Operation[] = []
  #acknowledged = 0
  #nextId = 1
  #identity: SessionIdentity = NEW_SESSION
  #session: RawSession | null = null
  #newestZxid = 0n
  /** Names below /shared that the server gave in acknowledged creates. */
  readonly #sharedNames = new Map<number, string>()

  constructor(number: number, seed: number) {
    this.#name = `w${number}`
    this.home = `/${this.#name}`
    this.#random = new SeededRandom(seed)
  }

  /** Attaches to the writer's session and compares what is there with what may be there. Throws if they differ. */
  async verify(port: number): Promise<void> {
    this.#session = await RawSession.open(port, this.#identity, SESSION_TIMEOUT_MS)
    const { identity } = this.#session
    const known = this.#identity.hi !== 0 || this.#identity.lo !== 0
    if (known && (identity.hi !== this.#identity.hi || identity.lo !== this.#identity.lo)) {
      throw new Error(`${this.#name}: the acknowledged session is gone`)
    }
    this.#identity = identity
    const found = await this.#read(this.#session)
    let state = this.#base
    const allowed: string[] = []
    for (let taken = 0; ; taken++) {
      if (taken >= this.#acknowledged) {
        if (visible(state) === found) {
          this.#base = state
          this.#latest = state
          this.#sent = []
          this.#acknowledged = 0
          return
        }
        allowed.push(`--- after ${taken} of ${this.#sent.length} operations:\n${visible(state)}`)
      }
      const next = this.#sent[taken]
      if (next === undefined) break
      state = after(state, next)
    }
    throw new Error(
      `${this.#name}: ${this.#acknowledged} operations were acknowledged; found\n${found}\nallowed are\n${allowed.join('\n')}`,
    )
  }

  /** Writes until the connection is cut; resolves with the number of operations that were acknowledged. */
  writeUntilCut(): Promise<number> {
    const session = this.#session
    if (session === null) throw new Error('verify opens the session')
    return new Promise((resolve, reject) => {
      const ended = (error: unknown): void => {
        if (error instanceof ConnectionCut) resolve(this.#acknowledged)
        else reject(error)
      }
      const sendNext = (): void => {
        const operation = this.#generate()
        this.#sent.push(operation)
        const expected = after(this.#latest, operation)
        const name = sequentialName(this.#latest)
        this.#latest = expected
        session
          .request(this.#request(operation))
          .then((reply) => {
            this.#check(operation, reply, name)
            this.#acknowledged += 1
            sendNext()
          })
          .catch(ended)
      }
      for (let n = 0; n < DEPTH; n++) sendNext()
    })
  }

  /** Cuts the connection; the session stays. */
  cut(): void {
    this.#session?.cut()
  }

  #generate(): Operation {
    const random = this.#random
    const id = this.#nextId++
    const padding = random.below(MAX_PADDING)
    const names = [...this.#latest.nodes.keys()]
    const some = names[random.below(names.length)]
    const kind = random.below(10)
    const name = `n-${id}`
    if (some === undefined || kind < 2) return { id, padding, type: 'create', name, ephemeral: kind === 1 }
    if (names.length > MAX_NODES) return { id, padding, type: 'delete', name: some }
    if (kind < 4) return { id, padding, type: 'sequential' }
    if (kind < 5) return { id, padding, type: 'shared' }
    if (kind < 7) return { id, padding, type: 'set', name: some }
    if (kind < 9) return { id, padding, type: 'createAndSet', name, other: some }
    return { id, padding, type: 'delete', name: some }
  }

  #request(operation: Operation): Request {
    const data = Buffer.from(`${operation.id}:${'.'.repeat(operation.padding)}`)
    const create = (path: string, flags: number): CreateRequest => ({ op: OpCode.create, path, data, acl: OPEN_ACL, flags })
    switch (operation.type) {
      case 'create':
        return create(`${this.home}/${operation.name}`, operation.ephemeral ? CreateFlag.ephemeral : CreateFlag.persistent)
      case 'sequential':
        return create(`${this.home}/s-`, CreateFlag.persistentSequential)
      case 'shared':
        return create(`${SHARED}/${this.#name}-`, CreateFlag.persistentSequential)
      case 'set':
        return { op: OpCode.setData, path: `${this.home}/${operation.name}`, data, version: -1 }
      case 'delete':
        return { op: OpCode.delete, path: `${this.home}/${operation.name}`, version: -1 }
      case 'createAndSet': {
        const set = { op: OpCode.setData, path: `${this.home}/${operation.other}`, data, version: -1 } as const
        return { op: OpCode.multi, ops: [create(`${this.home}/${operation.name}`, CreateFlag.persistent), set] }
      }
    }
  }

  #check(operation: Operation, reply: Reply, sequential: string): void {
    if (reply.err !== ErrorCode.ok) throw new Error(`${this.#name}: ${JSON.stringify(operation)} was answered with ${reply.err}`)
    if (reply.zxid <= this.#newestZxid) throw new Error(`${this.#name}: zxid ${reply.zxid} does not follow ${this.#newestZxid}`)
    this.#newestZxid = reply.zxid
    if (operation.type === 'sequential') {
      const path = readPathResponse(reply.body)
      if (path !== `${this.home}/${sequential}`) throw new Error(`${this.#name}: created ${path} instead of ${sequential}`)
    } else if (operation.type === 'shared') {
      this.#sharedNames.set(operation.id, readPathResponse(reply.body).slice(SHARED.length + 1))
    } else if (operation.type === 'createAndSet') {
      const failed = readMultiResponse(reply.body).find((result) => result.err !== ErrorCode.ok)
      if (failed !== undefined) throw new Error(`${this.#name}: ${JSON.stringify(operation)} failed with ${failed.err}`)
    }
  }

  /** What is there, in the words of {@link visible}. */
  async #read(session: RawSession): Promise<string> {
    const listed = await this.#found(session, { op: OpCode.getChildren2, path: this.home, watch: false })
    if (listed.zxid < this.#newestZxid)
      throw new Error(`${this.#name}: the server is at zxid ${listed.zxid}, ${this.#newestZxid} was acknowledged`)
    const { children, stat } = readChildren2Response(listed.body)
    const lines = await Promise.all(children.map((name) => this.#readNode(session, name)))
    return [...lines, ...(await this.#readShared(session)), `cversion ${stat.cversion}`].sort().join('\n')
  }

  async #found(session: RawSession, request: PathWatchRequest): Promise<Reply> {
    const reply = await session.request(request)
    if (reply.err !== ErrorCode.ok) throw new Error(`${this.#name}: reading ${request.path} was answered with ${reply.err}`)
    return reply
  }

  async #readNode(session: RawSession, name: string): Promise<string> {
    const { data, stat } = readDataResponse(
      (await session.request({ op: OpCode.getData, path: `${this.home}/${name}`, watch: false })).body,
    )
    const owned = stat.ephemeralOwner !== 0n
    const own = stat.ephemeralOwner === (BigInt(this.#identity.hi) << 32n) + BigInt(this.#identity.lo)
    if (owned && !own) throw new Error(`${this.#name}: ${name} belongs to session ${stat.ephemeralOwner.toString(16)}`)
    return `${name} by ${writtenBy(data)} version ${stat.version}${owned ? ' ephemeral' : ''}`
  }

  async #readShared(session: RawSession): Promise<string[]> {
    const listed = readStringsResponse((await this.#found(session, { op: OpCode.getChildren, path: SHARED, watch: false })).body)
    const own = listed.filter((name) => name.startsWith(`${this.#name}-`))
    return Promise.all(
      own.map(async (name) => {
        const { data } = readDataResponse(
          (await this.#found(session, { op: OpCode.getData, path: `${SHARED}/${name}`, watch: false })).body,
        )
        const id = writtenBy(data)
        const given = this.#sharedNames.get(id)
        if (given !== undefined && given !== name) throw new Error(`operation ${id} was told that it made ${given}, and ${name} is there`)
        return `shared by ${id}`
      }),
    )
  }
}

function writtenBy(data: Uint8Array | null): number {
  return Number.parseInt(Buffer.from(data ?? []).toString('latin1'), 10)
}
