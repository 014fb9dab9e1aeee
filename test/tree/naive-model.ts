// The tree written down as simply as the rules read, for comparison with the real one: nested objects, copied whole for every command,
// so that a failure forgets everything by itself. Slow on purpose. Knows the schemes world, digest and super, and one quota.
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, EventType, type Id, type MultiOp, type Request } from '../../core/wire/records.ts'

export interface NaiveNode {
  data: string | null
  acl: Acl[]
  czxid: number
  mzxid: number
  pzxid: number
  ctime: number
  mtime: number
  version: number
  aversion: number
  childCreates: number
  /** Creates plus deletes of children, as a client sees it. */
  cversion: number
  kind: 'persistent' | 'ephemeral' | 'container' | 'ttl'
  owner: number
  ttlMs: number
  touchedMs: number
  children: Record<string, NaiveNode>
}

export interface NaiveState {
  root: NaiveNode
  /** Generation by session number. */
  sessions: Record<number, number>
  wallMs: number
  clusterMs: number
  ttlEnabled: boolean
  quotaEnforced: boolean
}

export interface NaiveAsker {
  readonly session: number
  readonly generation: number
  readonly ids: readonly Id[]
}

export interface NaiveResult {
  err: number
  path: string
  stat: NaiveStat | null
  multi: { err: number; path: string | null; stat: NaiveStat | null }[] | null
  changes: [number, string][]
}

/** Thrown often: without a stack, which takes long to make. */
class Refused extends Error {
  readonly code: number
  constructor(code: number) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(`refused ${code}`)
    Error.stackTraceLimit = stackTraceLimit
    this.code = code
  }
}

/** The one path that may have a quota, whose limits are hard. */
export const QUOTA_PATH = '/q'

export class NaiveModel {
  state: NaiveState
  zxid = 0

  constructor() {
    const worldReads: Acl[] = [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }]
    const builtIn = { quota: fresh('', 0, 0), config: { ...fresh('', 0, 0), aversion: -1, acl: worldReads } }
    const zookeeper = { ...fresh('', 0, 0), cversion: -2, children: builtIn }
    const root = { ...fresh('', 0, 0), cversion: -1, children: { zookeeper } }
    this.state = { root, sessions: {}, wallMs: 0, clusterMs: 0, ttlEnabled: true, quotaEnforced: false }
  }

  tick(zxid: number, wallMs: number, clusterMs: number): void {
    this.zxid = zxid
    this.state.wallMs = Math.max(this.state.wallMs, wallMs)
    this.state.clusterMs = Math.max(this.state.clusterMs, clusterMs)
  }

  request(q: Request, asker: NaiveAsker): NaiveResult {
    return this.#attempt((result) => {
      if ('flags' in q) this.#checkMode(q)
      this.#checkSession(asker)
      if (q.op === OpCode.multi) this.#multi(q.ops, asker, result)
      else this.#write(q, asker, result)
    })
  }

  createSession(session: number): void {
    this.state.sessions[session] = 1
  }

  attach(session: number): NaiveResult {
    return this.#attempt(() => {
      const generation = this.state.sessions[session]
      if (generation === undefined) throw new Refused(ErrorCode.sessionExpired)
      this.state.sessions[session] = generation + 1
    })
  }

  end(session: number, generation: number): NaiveResult {
    return this.#attempt((result) => {
      this.#checkSession({ session, generation, ids: [] })
      for (const path of this.ephemerals(session)) this.#delete(path, result)
      delete this.state.sessions[session]
    })
  }

  reap(path: string): NaiveResult {
    return this.#attempt((result) => {
      const node = this.#must(path)
      if (Object.keys(node.children).length > 0) throw new Refused(ErrorCode.notEmpty)
      const idle = this.state.clusterMs - node.touchedMs
      const due = (node.kind === 'container' && node.childCreates > 0) || (node.kind === 'ttl' && idle > node.ttlMs)
      if (!due) throw new Refused(ErrorCode.badVersion)
      this.#delete(path, result)
    })
  }

  ephemerals(session: number): string[] {
    return this.all()
      .filter(([, node]) => node.kind === 'ephemeral' && node.owner === session)
      .map(([path]) => path)
      .sort()
  }

  /** Every node with its path. */
  all(): [string, NaiveNode][] {
    const found: [string, NaiveNode][] = []
    const walk = (path: string, node: NaiveNode): void => {
      found.push([path, node])
      for (const [name, child] of Object.entries(node.children)) walk(path === '/' ? `/${name}` : `${path}/${name}`, child)
    }
    walk('/', this.state.root)
    return found
  }

  usage(): { count: number; bytes: number } {
    const counted = this.all().filter(([path]) => path === QUOTA_PATH || path.startsWith(`${QUOTA_PATH}/`))
    return { count: counted.length, bytes: counted.reduce((sum, [, node]) => sum + (node.data ?? '').length, 0) }
  }

  #attempt(run: (result: NaiveResult) => void): NaiveResult {
    const before = copyOf(this.state)
    const result: NaiveResult = { err: 0, path: '', stat: null, multi: null, changes: [] }
    try {
      run(result)
      this.#keepUsage()
      return result
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.state = before
      return { err: error.code, path: '', stat: null, multi: null, changes: [] }
    }
  }

  #multi(ops: readonly MultiOp[], asker: NaiveAsker, result: NaiveResult): void {
    const before = copyOf(this.state)
    const results: NonNullable<NaiveResult['multi']> = []
    for (const [i, sent] of ops.entries()) {
      const op = meantInMulti(sent)
      const own: NaiveResult = { err: 0, path: '', stat: null, multi: null, changes: result.changes }
      try {
        if ('flags' in op) this.#checkMode(op)
        if (op.op === OpCode.check) this.#check(op.path, op.version, asker)
        else this.#write(op, asker, own)
        this.#keepUsage()
        const hasStat = op.op !== OpCode.create
        results.push({ err: 0, path: own.path === '' ? null : own.path, stat: hasStat ? own.stat : null })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        this.state = before
        result.changes = []
        result.multi = ops.map((_, j) => ({
          err: j < i ? 0 : j === i ? error.code : ErrorCode.runtimeInconsistency,
          path: null,
          stat: null,
        }))
        return
      }
    }
    result.multi = results
  }

  #write(q: Request, asker: NaiveAsker, result: NaiveResult): void {
    switch (q.op) {
      case OpCode.create:
      case OpCode.create2:
      case OpCode.createContainer:
      case OpCode.createTtl:
        this.#create(q, asker, result)
        break
      case OpCode.delete:
        this.#remove(q.path, asker, result, (node) => {
          if (q.version !== -1 && q.version !== node.version) throw new Refused(ErrorCode.badVersion)
          if (Object.keys(node.children).length > 0) throw new Refused(ErrorCode.notEmpty)
        })
        break
      case OpCode.deleteContainer:
        this.#remove(q.path, asker, result, (node) => {
          if (Object.keys(node.children).length > 0) throw new Refused(ErrorCode.notEmpty)
          if (node.kind !== 'container' && node.kind !== 'ttl') throw new Refused(ErrorCode.badVersion)
        })
        break
      case OpCode.setData:
        this.#setData(q.path, text(q.data), q.version, asker, result)
        break
      case OpCode.setAcl:
        this.#setAcl(q.path, q.acl, q.version, asker, result)
        break
      default:
        throw new Refused(ErrorCode.unimplemented)
    }
  }

  #checkMode(q: Extract<Request, { flags: number }>): void {
    if (q.flags < 0 || q.flags > 6) throw new Refused(ErrorCode.badArguments)
    const ttlFlag = q.flags === 5 || q.flags === 6
    if (ttlFlag && !this.state.ttlEnabled) throw new Refused(ErrorCode.unimplemented)
    if (ttlFlag !== (q.op === OpCode.createTtl)) throw new Refused(ErrorCode.badArguments)
    if (q.op === OpCode.createTtl && (q.ttlMs < 1 || q.ttlMs > 0xff_ffff_ffff)) throw new Refused(ErrorCode.badArguments)
  }

  #checkSession(asker: NaiveAsker): void {
    const generation = this.state.sessions[asker.session]
    if (generation === undefined) throw new Refused(ErrorCode.sessionExpired)
    if (generation !== asker.generation) throw new Refused(ErrorCode.sessionMoved)
  }

  #create(q: Extract<Request, { flags: number }>, asker: NaiveAsker, result: NaiveResult): void {
    if (!q.path.includes('/') || q.path.includes('\0')) throw new Refused(ErrorCode.badArguments)
    const acl = fixed(q.acl, asker.ids)
    const slash = q.path.lastIndexOf('/')
    const above = q.path.slice(0, slash) || '/'
    const parent = this.#must(above)
    demand(parent, 4, asker)
    const sequential = q.flags === 2 || q.flags === 3 || q.flags === 6
    const path = sequential ? q.path + String(parent.childCreates).padStart(10, '0') : q.path
    checkPath(path)
    if (this.find(path) !== undefined) throw new Refused(ErrorCode.nodeExists)
    if (parent.kind === 'ephemeral') throw new Refused(ErrorCode.noChildrenForEphemerals)
    const data = text(q.data)
    this.#checkQuota(path, 1, (data ?? '').length)
    const node = fresh(data, this.zxid, this.state.wallMs)
    node.acl = acl
    node.touchedMs = this.state.clusterMs
    if (q.op === OpCode.createContainer) node.kind = 'container'
    else if (q.op === OpCode.createTtl) {
      node.kind = 'ttl'
      node.ttlMs = q.ttlMs
    } else if (q.flags === 1 || q.flags === 3) {
      node.kind = 'ephemeral'
      node.owner = asker.session
    }
    parent.children[path.slice(path.lastIndexOf('/') + 1)] = node
    parent.childCreates++
    parent.cversion++
    parent.pzxid = this.zxid
    this.#keepUsage()
    result.path = path
    result.stat = statOf(node)
    result.changes.push([EventType.nodeCreated, path], [EventType.nodeChildrenChanged, above])
  }

  #remove(path: string, asker: NaiveAsker, result: NaiveResult, check: (node: NaiveNode) => void): void {
    if (!path.includes('/') || path.includes('\0')) throw new Refused(ErrorCode.badArguments)
    if (['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'].includes(path)) throw new Refused(ErrorCode.badArguments)
    demand(this.#must(path.slice(0, path.lastIndexOf('/')) || '/'), 8, asker)
    check(this.#must(path))
    this.#delete(path, result)
  }

  #delete(path: string, result: NaiveResult): void {
    const above = path.slice(0, path.lastIndexOf('/')) || '/'
    const parent = this.#must(above)
    delete parent.children[path.slice(path.lastIndexOf('/') + 1)]
    parent.cversion++
    parent.pzxid = this.zxid
    result.changes.push([EventType.nodeDeleted, path], [EventType.nodeChildrenChanged, above])
  }

  #setData(path: string, data: string | null, version: number, asker: NaiveAsker, result: NaiveResult): void {
    checkPath(path)
    const node = this.#must(path)
    demand(node, 2, asker)
    this.#checkQuota(path, 0, (data ?? '').length - (node.data ?? '').length)
    if (version !== -1 && version !== node.version) throw new Refused(ErrorCode.badVersion)
    node.data = data
    node.version++
    node.mzxid = this.zxid
    node.mtime = this.state.wallMs
    node.touchedMs = this.state.clusterMs
    result.stat = statOf(node)
    result.changes.push([EventType.nodeDataChanged, path])
  }

  #setAcl(path: string, acl: readonly Acl[] | null, version: number, asker: NaiveAsker, result: NaiveResult): void {
    checkPath(path)
    const list = fixed(acl, asker.ids)
    const node = this.#must(path)
    demand(node, 16, asker)
    if (version !== -1 && version !== node.aversion) throw new Refused(ErrorCode.badVersion)
    node.acl = list
    node.aversion++
    result.stat = statOf(node)
  }

  #check(path: string, version: number, asker: NaiveAsker): void {
    checkPath(path)
    const node = this.#must(path)
    demand(node, 1, asker)
    if (version !== -1 && version !== node.version) throw new Refused(ErrorCode.badVersion)
  }

  #checkQuota(path: string, count: number, bytes: number): void {
    if (!this.state.quotaEnforced || (path !== QUOTA_PATH && !path.startsWith(`${QUOTA_PATH}/`))) return
    const limits = this.find(`/zookeeper/quota${QUOTA_PATH}/zookeeper_limits`)
    if (limits === undefined) return
    const used = this.usage()
    const [, maxCount, maxBytes] = /countHardLimit=(\d+);byteHardLimit=(\d+)/.exec(limits.data ?? '') ?? []
    if (count !== 0 && maxCount !== undefined && used.count + count > Number(maxCount)) throw new Refused(ErrorCode.quotaExceeded)
    if (bytes !== 0 && maxBytes !== undefined && used.bytes + bytes > Number(maxBytes)) throw new Refused(ErrorCode.quotaExceeded)
  }

  #keepUsage(): void {
    const stats = this.find(`/zookeeper/quota${QUOTA_PATH}/zookeeper_stats`)
    if (stats !== undefined) stats.data = `count=${this.usage().count},bytes=${this.usage().bytes}`
  }

  find(path: string): NaiveNode | undefined {
    if (path === '/') return this.state.root
    if (!path.startsWith('/')) return undefined
    let node: NaiveNode | undefined = this.state.root
    for (const name of path.slice(1).split('/'))
      node = node === undefined || !Object.hasOwn(node.children, name) ? undefined : node.children[name]
    return node
  }

  #must(path: string): NaiveNode {
    const node = this.find(path)
    if (node === undefined) throw new Refused(ErrorCode.noNode)
    return node
  }
}

/** The fields of a Stat. */
export interface NaiveStat {
  readonly czxid: number
  readonly mzxid: number
  readonly pzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly owner: number
  readonly dataLength: number
  readonly numChildren: number
}

export function statOf(node: NaiveNode): NaiveStat {
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    pzxid: node.pzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: node.cversion,
    aversion: node.aversion,
    owner: node.kind === 'ephemeral' ? node.owner : 0,
    dataLength: (node.data ?? '').length,
    numChildren: Object.keys(node.children).length,
  }
}

function fresh(data: string | null, zxid: number, wallMs: number): NaiveNode {
  return {
    data,
    acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }],
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: wallMs,
    mtime: wallMs,
    version: 0,
    aversion: 0,
    childCreates: 0,
    cversion: 0,
    kind: 'persistent',
    owner: 0,
    ttlMs: 0,
    touchedMs: 0,
    children: {},
  }
}

// By hand, for it is done once for every command.
function copyOf(state: NaiveState): NaiveState {
  return { ...state, root: copyOfNode(state.root), sessions: { ...state.sessions } }
}

/** Lists are never changed in place. */
function copyOfNode(node: NaiveNode): NaiveNode {
  const children: Record<string, NaiveNode> = {}
  for (const name in node.children) children[name] = copyOfNode(node.children[name] as NaiveNode)
  return { ...node, children }
}

function meantInMulti(q: MultiOp): MultiOp {
  if (!('flags' in q)) return q
  const kind = q.flags === 4 ? OpCode.createContainer : null
  if (q.op !== OpCode.createTtl) return { ...q, op: kind ?? q.op }
  return q.flags < 5 ? { op: kind ?? OpCode.create, path: q.path, data: q.data, acl: q.acl, flags: q.flags } : q
}

function text(data: Uint8Array | null): string | null {
  return data === null ? null : Buffer.from(data).toString('latin1')
}

function checkPath(path: string): void {
  const components = path.slice(1).split('/')
  const bad = path !== '/' && components.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))
  if (!path.startsWith('/') || bad) throw new Refused(ErrorCode.badArguments)
}

function demand(node: NaiveNode, permission: number, asker: NaiveAsker): void {
  if (asker.ids.some((id) => id.scheme === 'super')) return
  const granted = node.acl.some(
    ({ perms, id }) =>
      (perms & permission) !== 0 && (id.scheme === 'world' || asker.ids.some((own) => own.scheme === id.scheme && own.id === id.id)),
  )
  if (!granted) throw new Refused(ErrorCode.noAuth)
}

function fixed(acl: readonly Acl[] | null, ids: readonly Id[]): Acl[] {
  const list = (acl ?? []).flatMap(({ perms, id }) =>
    id.scheme === 'auth' ? ids.filter((own) => own.scheme === 'digest').map((own) => ({ perms, id: own })) : [{ perms, id }],
  )
  if (list.length === 0) throw new Refused(ErrorCode.invalidAcl)
  return list
}
