// Random sequences of steps, decided by a seed and a number alone.
//
// A sequence has a theme that says what it asks for most, two or three sessions on as many connections, and some twenty steps.

import { type Random, SeededRandom } from '../../../core/support/random.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import type { MultiOp, PathWatchRequest, Request } from '../../../core/wire/records.ts'
import { isCalm } from './side.ts'
import { type Call, type CallStep, type ConnectStep, MARK, type Spoil, type Step } from './steps.ts'
import { aclList, chance, data, flags, goodPath, limits, path, pick, SUPER_USER, sequentialPath, ttlMs, USERS, version } from './values.ts'

const THEMES = ['nodes', 'watches', 'access', 'multi', 'quota', 'sessions', 'garbage', 'everything'] as const
type Theme = (typeof THEMES)[number]

/** One in so many ACLs is other than open. */
const SPECIAL_ACL: Readonly<Record<Theme, number>> = {
  nodes: 12,
  watches: 20,
  access: 2,
  multi: 10,
  quota: 30,
  sessions: 15,
  garbage: 8,
  everything: 6,
}

export function sequence(seed: number, number: number): Step[] {
  return new Generator(new SeededRandom(seed * 2 ** 32 + number)).steps()
}

class Generator {
  readonly #random: Random
  readonly #theme: Theme
  readonly #slots: number
  readonly #steps: Step[] = []
  #sessions = 0
  /** Below /zookeeper/quota, where the limits lie. */
  #quota = ''
  /** Which session is on which slot, as far as the generator thinks. */
  readonly #on: string[] = []

  constructor(random: Random) {
    this.#random = random
    this.#theme = pick(random, THEMES)
    this.#slots = 1 + random.below(3)
  }

  steps(): Step[] {
    for (let slot = 0; slot < this.#slots; slot++) this.#steps.push(this.#newSession(slot))
    if (this.#theme === 'quota') this.#setQuotas()
    if (this.#theme === 'access') for (let slot = 0; slot < this.#slots; slot++) this.#call(slot, auth('digest', pick(this.#random, USERS)))
    this.#seedNodes()
    const end = this.#steps.length + 5 + this.#random.below(18)
    while (this.#steps.length < end) this.#step()
    return this.#steps
  }

  #step(): void {
    const slot = this.#random.below(this.#slots)
    const special = this.#special(slot)
    if (special === null) this.#call(slot, this.#request())
    else special()
  }

  /** What the theme is about, now and then. */
  #special(slot: number): (() => void) | null {
    const r = this.#random
    switch (this.#theme) {
      case 'sessions':
        if (chance(r, 4)) return () => this.#sessionStep(slot)
        break
      case 'watches':
        if (chance(r, 12)) return () => this.#away(slot)
        if (chance(r, 3)) return () => this.#call(slot, this.#watchRequest())
        break
      case 'access':
        if (chance(r, 8)) return () => this.#call(slot, this.#authRequest())
        break
      case 'multi':
        if (chance(r, 2)) return () => this.#call(slot, this.#multi())
        break
      case 'quota':
        if (chance(r, 3)) return () => this.#quotaStep(slot)
        break
      case 'garbage':
        if (chance(r, 3)) return () => this.#garbage(slot)
        break
      case 'everything':
        if (chance(r, 10)) return () => this.#sessionStep(slot)
        if (chance(r, 12)) return () => this.#garbage(slot)
        if (chance(r, 15)) return () => this.#away(slot)
        if (chance(r, 10)) return () => this.#call(slot, this.#authRequest())
        if (chance(r, 6)) return () => this.#call(slot, this.#multi())
        if (chance(r, 6)) return () => this.#call(slot, this.#watchRequest())
        break
      case 'nodes':
        break
    }
    return null
  }

  #call(slot: number, request: Request): void {
    const step: CallStep = { kind: 'call', slot, call: plain(request), more: false }
    const before = this.#steps.at(-1)
    // Some calls leave together with the one before them.
    // A quota is checked against what was applied, not against what is on its way: there one request follows the reply of the other.
    if (
      this.#theme !== 'quota' &&
      before?.kind === 'call' &&
      before.slot === slot &&
      isCalm(before) &&
      isCalm(step) &&
      chance(this.#random, 2)
    ) {
      this.#steps[this.#steps.length - 1] = { ...before, more: true }
    }
    this.#steps.push(step)
  }

  // Without something to meet, most requests would fail alike.
  #seedNodes(): void {
    const r = this.#random
    for (const at of ['~/a', '~/a/x', '~/b']) {
      if (chance(r, 6)) continue
      this.#call(r.below(this.#slots), { op: OpCode.create, path: at, data: data(r), acl: this.#acl(), flags: 0 })
    }
  }

  #acl() {
    return aclList(this.#random, SPECIAL_ACL[this.#theme])
  }

  #path(): string {
    return path(this.#random, this.#theme === 'garbage' ? 5 : 25)
  }

  #request(): Request {
    const r = this.#random
    switch (r.below(29)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return this.#create()
      case 6:
      case 7:
      case 8:
      case 9:
        return { op: OpCode.delete, path: this.#path(), version: version(r) }
      case 10:
      case 11:
      case 12:
      case 13:
        return { op: OpCode.setData, path: this.#notRoot(), data: data(r), version: version(r) }
      case 14:
      case 15:
      case 16:
      case 17:
      case 18:
        return this.#read()
      case 19:
        return { op: OpCode.getAcl, path: this.#path() }
      case 20:
        return { op: OpCode.setAcl, path: this.#notRoot(), acl: aclList(r, 3), version: version(r) }
      case 21:
        return { op: OpCode.sync, path: this.#path() }
      case 22:
        return this.#multi()
      case 23:
        return this.#multiRead()
      case 24:
        return { op: OpCode.getEphemerals, path: pick(r, ['~', '~/', '~/a', '/', '', '~/b', this.#path()]) }
      case 25:
        return { op: OpCode.getAllChildrenNumber, path: this.#path() }
      case 26:
        return this.#watchRequest()
      case 27:
        return pick<Request>(r, [{ op: OpCode.whoAmI }, { op: OpCode.ping }])
      default:
        return this.#rare()
    }
  }

  #rare(): Request {
    const r = this.#random
    // A check alone is never sent: 3.8 takes it for a transaction and spoils its own state (ZOOKEEPER-2623).
    switch (r.below(3)) {
      case 0:
        return {
          op: OpCode.reconfig,
          joiningServers: pick(r, [null, '', 'server.2=a:1:2']),
          leavingServers: null,
          newMembers: null,
          curConfigId: -1,
        }
      case 1:
        return { op: OpCode.closeSession }
      default:
        return this.#authRequest()
    }
  }

  // The root's list and data must stay as they are: every lane works below it.
  #notRoot(): string {
    const at = this.#path()
    return at === '/' || at.startsWith('/zookeeper') ? '~' : at
  }

  /** `fitting`: with a flag that may be anywhere. */
  #create(fitting = false): Request {
    const r = this.#random
    const flag = fitting ? r.below(4) : flags(r)
    const sequential = flag === 2 || flag === 3 || flag === 6
    // Siblings of the folder would count with those of other lanes.
    const asked = sequential && !chance(r, 6) ? sequentialPath(r) : this.#path()
    const at = sequential && isAtRoot(asked) ? '~/' : asked
    const op = pick(r, [OpCode.create, OpCode.create, OpCode.create2, OpCode.createContainer, OpCode.createTtl])
    const usual = chance(r, 4)
    const fields = { path: at, data: data(r), acl: this.#acl() }
    if (op === OpCode.createTtl) {
      const ttlFlag = usual ? flag : 5 + r.below(2)
      // Without a TTL flag a negative ttl passes the checks of ZooKeeper, and its tree ends the process (docs/operations/interop.md).
      const ttlPath = ttlFlag === 6 && isAtRoot(at) ? '~/' : at
      return { op, ...fields, path: ttlPath, flags: ttlFlag, ttlMs: ttlFlag === 5 || ttlFlag === 6 ? ttlMs(r) : Math.abs(ttlMs(r)) }
    }
    if (op === OpCode.createContainer) return { op, ...fields, flags: usual ? flag : 4 }
    return { op, ...fields, flags: flag }
  }

  #read(): PathWatchRequest {
    const r = this.#random
    const op = pick(r, [OpCode.exists, OpCode.getData, OpCode.getChildren, OpCode.getChildren2])
    const at = this.#path()
    return { op, path: at, watch: !at.startsWith('/') && at !== '' && chance(r, this.#theme === 'watches' ? 2 : 4) }
  }

  #multi(): Request {
    const r = this.#random
    const ops: MultiOp[] = []
    // docs/operations/interop.md: here the ops of a multi count against a quota one after the other, in ZooKeeper each by itself.
    for (let left = r.below(this.#theme === 'quota' ? 2 : 5); left > 0; left--) ops.push(this.#multiOp())
    return { op: OpCode.multi, ops }
  }

  #multiOp(): MultiOp {
    const r = this.#random
    switch (r.below(6)) {
      case 0:
      case 1: {
        const create = this.#create(!chance(r, 8))
        // Inside a multi of 3.8 the flag alone says what a container is, since 3.9 and here the op has a say (docs/operations/interop.md).
        if (create.op === OpCode.createContainer) return { ...create, flags: 4 }
        return create.op === OpCode.create || create.op === OpCode.create2 || create.op === OpCode.createTtl
          ? create
          : { op: OpCode.check, path: '~', version: -1 }
      }
      case 2:
        return { op: OpCode.delete, path: this.#path(), version: version(r) }
      case 3:
        return { op: OpCode.check, path: this.#path(), version: version(r) }
      default:
        return { op: OpCode.setData, path: chance(r, 12) ? this.#notRoot() : goodPath(r), data: data(r), version: version(r) }
    }
  }

  #multiRead(): Request {
    const r = this.#random
    const ops: PathWatchRequest[] = []
    for (let left = r.below(4); left > 0; left--) {
      const op = pick(r, [OpCode.getData, OpCode.getChildren, OpCode.getData, chance(r, 10) ? OpCode.exists : OpCode.getChildren])
      ops.push({ op, path: goodPath(r), watch: chance(r, 3) })
    }
    return { op: OpCode.multiRead, ops }
  }

  #watchRequest(): Request {
    const r = this.#random
    const at = chance(r, 15) ? pick(r, ['', 'a', '~/']) : goodPath(r)
    switch (r.below(8)) {
      case 0:
      case 1:
        return { op: OpCode.addWatch, path: at, mode: pick(r, [0, 0, 1, 1, 1, 2, -1]) }
      case 2:
        return { op: OpCode.checkWatches, path: at, type: pick(r, [1, 2, 3, 3, 3, 0, 6, -1]) }
      case 3:
        return { op: OpCode.removeWatches, path: at, type: pick(r, [1, 2, 3, 3, 3, 0, 6, -1]) }
      default: {
        const read = this.#read()
        return { ...read, path: at, watch: at.startsWith('~') }
      }
    }
  }

  #authRequest(): Request {
    const r = this.#random
    return pick<() => Request>(r, [
      () => auth('digest', pick(r, USERS)),
      () => auth('digest', pick(r, USERS)),
      () => auth('digest', pick(r, USERS)),
      () => auth('digest', SUPER_USER),
      () => auth('digest', pick(r, ['u1', '', ':', 'u1:', ':p1', 'u1:p1:x', 'ü:p'])),
      () => auth('ip', ''),
      () => auth(pick(r, ['nobody', '', 'world', 'super', 'x509', 'auth', 'Digest']), 'x'),
      () => ({ op: OpCode.auth, type: pick(r, [0, 1, -1]), scheme: 'digest', auth: chance(r, 3) ? null : Buffer.from(USERS[0]) }),
    ])()
  }

  #setQuotas(): void {
    const r = this.#random
    const slot = 0
    const create = (at: string, bytes: Buffer): void =>
      this.#call(slot, { op: OpCode.create, path: at, data: bytes, acl: aclList(r, 1000), flags: 0 })
    create('/zookeeper/quota~', Buffer.alloc(0))
    // ZooKeeper forgets a quota below another when that one goes, so there is one in a sequence, as zkCli demands.
    const below = pick(r, ['', '', '/a'])
    this.#quota = `/zookeeper/quota~${below}`
    if (below !== '') create(this.#quota, Buffer.alloc(0))
    const stats = (): void => create(`${this.#quota}/zookeeper_stats`, Buffer.from('count=0,bytes=0'))
    if (chance(r, 2)) stats()
    create(`${this.#quota}/zookeeper_limits`, limits(r))
    if (!chance(r, 5)) stats()
  }

  #quotaStep(slot: number): void {
    const r = this.#random
    const at = this.#quota + pick(r, ['', '/zookeeper_limits', '/zookeeper_limits', '/zookeeper_stats', '/zookeeper_stats'])
    const usage = pick(r, ['count=0,bytes=0', 'count=2,bytes=5', 'bytes=1,count=1'])
    const bytes = at.endsWith('limits') ? limits(r) : at.endsWith('stats') ? Buffer.from(usage) : data(r)
    this.#call(
      slot,
      pick<Request>(r, [
        { op: OpCode.getData, path: at, watch: chance(r, 4) },
        { op: OpCode.getData, path: at, watch: false },
        { op: OpCode.create, path: at, data: bytes, acl: this.#acl(), flags: 0 },
        { op: OpCode.setData, path: at, data: bytes, version: version(r) },
        { op: OpCode.delete, path: at, version: -1 },
        { op: OpCode.getChildren, path: at, watch: false },
      ]),
    )
  }

  #newSession(slot: number): ConnectStep {
    const session = `s${this.#sessions++}`
    this.#on[slot] = session
    return this.#connect(slot, session, 'new', 'nothing')
  }

  #connect(slot: number, session: string, how: ConnectStep['how'], lastSeen: ConnectStep['lastSeen']): ConnectStep {
    const r = this.#random
    const timeoutMs = pick(r, [20_000, 20_000, 1, 0, -1, 1_000_000_000, 10_000])
    return { kind: 'connect', slot, session, how, timeoutMs, lastSeen, readOnly: pick(r, [false, false, false, true, null]) }
  }

  #sessionStep(slot: number): void {
    const r = this.#random
    const session = pick(r, this.#on)
    switch (r.below(12)) {
      case 0:
      case 1:
        this.#steps.push({ kind: 'cut', slot })
        return
      case 2:
      case 3:
      case 4:
      case 5:
        // A session moves to another connection, its former one open or not.
        this.#on[slot] = session
        this.#steps.push(this.#connect(slot, session, 'again', pick(r, ['nothing', 'mark'])))
        return
      case 6:
        this.#steps.push(this.#connect(slot, session, pick(r, ['wrong password', 'short password', 'unknown session']), 'nothing'))
        return
      case 7:
        this.#call(slot, { op: OpCode.closeSession })
        return
      case 8:
        // Takes a second of ours, so it is seldom.
        if (!chance(r, 20)) return
        this.#steps.push(this.#connect(slot, session, 'again', 'future'))
        return
      case 9:
        this.#steps.push(this.#newSession(slot))
        return
      default:
        this.#away(slot)
    }
  }

  // A connection is lost, the others go on, and the client comes back with what it watched.
  #away(slot: number): void {
    const r = this.#random
    const session = this.#on[slot] ?? 's0'
    this.#steps.push({ kind: 'cut', slot })
    if (this.#slots > 1) {
      const other = (slot + 1 + r.below(this.#slots - 1)) % this.#slots
      for (let left = r.below(4); left > 0; left--) this.#call(other, this.#request())
    }
    this.#steps.push(this.#connect(slot, session, 'again', pick(r, ['nothing', 'mark'])))
    if (chance(r, 3)) this.#call(slot, auth('digest', pick(r, USERS)))
    const paths = (): string[] => Array.from({ length: r.below(3) }, () => goodPath(r))
    const relativeZxid = pick(r, [MARK, MARK, MARK, 0, 2 ** 52, -1])
    const lists = { relativeZxid, data: paths(), exist: paths(), child: paths() }
    if (chance(r, 2)) this.#call(slot, { op: OpCode.setWatches, ...lists, persistent: [], persistentRecursive: [] })
    else this.#call(slot, { op: OpCode.setWatches2, ...lists, persistent: paths(), persistentRecursive: paths() })
  }

  #garbage(slot: number): void {
    const r = this.#random
    switch (r.below(10)) {
      case 0:
        this.#push(slot, {
          ...plain({ op: OpCode.ping }),
          opCode: pick(r, [0, -1, 10, 23, 99, 108, 500, 999, -12, 2 ** 31 - 1, -(2 ** 31)]),
        })
        return
      case 1:
        this.#steps.push({ kind: 'raw', slot, bytes: rawBytes(r) })
        return
      case 2:
        this.#push(slot, { ...plain(this.#request()), xid: pick(r, [0, -5, 2 ** 31 - 1, -(2 ** 31), -3]) })
        return
      default:
        this.#pushSpoiled(slot)
    }
  }

  #pushSpoiled(slot: number): void {
    const request = this.#any()
    const spoil = this.#spoil()
    if (spoil.kind === 'int' && (request.op === OpCode.setWatches || request.op === OpCode.setWatches2)) {
      // The zxids of two servers are other numbers, and ZooKeeper does half of a request before it meets a null path.
      this.#push(slot, { ...plain(request), spoil: { ...spoil, at: spoil.at + 8, value: spoil.value === -1 ? -2 : spoil.value } })
    } else if (spoil.kind === 'int' && request.op === OpCode.multi) {
      // A container's flag among them means something else in 3.8 (see #multiOp).
      this.#push(slot, { ...plain(request), spoil: { ...spoil, value: spoil.value === 1 ? -2 : spoil.value } })
    } else this.#push(slot, { ...plain(request), spoil })
  }

  #any(): Request {
    const r = this.#random
    switch (r.below(6)) {
      case 0:
        return this.#multi()
      case 1:
        return this.#multiRead()
      case 2:
        return this.#watchRequest()
      case 3:
        return {
          op: pick(r, [OpCode.setWatches, OpCode.setWatches2]),
          relativeZxid: MARK,
          data: ['~/a'],
          exist: ['~/c'],
          child: [],
          persistent: [],
          persistentRecursive: [],
        }
      default:
        return this.#request()
    }
  }

  #spoil(): Spoil {
    const r = this.#random
    switch (r.below(4)) {
      case 0:
        return { kind: 'cut', bytes: 1 + r.below(12) }
      case 1:
        return { kind: 'cut', bytes: 1 + r.below(60) }
      case 2:
        return { kind: 'junk', bytes: Buffer.alloc(1 + r.below(20), r.below(256)) }
      default: {
        const at = chance(r, 16) ? r.below(90) : 4 * r.below(20)
        const value = pick(r, [-1, -2, 2 ** 31 - 1, 1 << 20, -(2 ** 31), 1])
        // A path cut down to / would touch what all lanes share.
        return { kind: 'int', at, value: at < 4 && value >= 0 ? -2 : value }
      }
    }
  }

  #push(slot: number, call: Call): void {
    this.#steps.push({ kind: 'call', slot, call, more: false })
  }
}

/** Whether a node of that name would be a child of the root. */
function isAtRoot(path: string): boolean {
  return path === '~' || path === '/' || path === '/zookeeper'
}

function plain(request: Request): Call {
  return { request, opCode: null, spoil: null, xid: null }
}

function auth(scheme: string, text: string): Request {
  return { op: OpCode.auth, type: 0, scheme, auth: Buffer.from(text) }
}

function rawBytes(random: Random): Buffer {
  const frame = (length: number, body: number): Buffer => {
    const bytes = Buffer.alloc(4 + body)
    bytes.writeInt32BE(length, 0)
    return bytes
  }
  return pick(random, [frame(-1, 0), frame(-(2 ** 31), 4), frame(0, 0), frame(4, 4), frame(7, 7), frame(2 ** 30, 0), frame(0x100000, 0)])
}
