// Drives a StateMachine as a leader would: builds entries, stamps times, counts zxids.
import { EntryKind, encodeAuth, encodeEntry, sessionBody, stampTimes, stringBody } from '../../core/tree/envelope.ts'
import { type Settings, settingsToJson } from '../../core/tree/settings.ts'
import { type Applied, StateMachine } from '../../core/tree/state-machine.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, CreateFlag, type Id, type MultiOp, OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { Writer } from '../../core/wire/writer.ts'

/** Who asks: a session as its connection knows it. */
export interface Asker {
  readonly hi: number
  readonly lo: number
  generation: number
  ids: readonly Id[]
}

export interface Entry {
  readonly payload: Buffer
  readonly zxid: number
}

export const PASSWORD: Buffer = Buffer.from('0123456789abcdef')
export const WORLD_READ: readonly Acl[] = [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }]

export class TreeDriver {
  tree = new StateMachine()
  zxid = 2 ** 32
  wallMs = 1_700_000_000_000
  clusterMs = 0
  originServer = 1
  /** Everything applied so far, to be applied again elsewhere. */
  readonly entries: Entry[] = []
  #sessions = 0

  setTime(wallMs: number, clusterMs: number): void {
    this.wallMs = wallMs
    this.clusterMs = clusterMs
  }

  entry(kind: EntryKind, asker: Asker | null, body: Uint8Array, op = 0): Buffer {
    const payload = encodeEntry(
      {
        kind,
        originServer: this.originServer,
        nonceHi: 0,
        nonceLo: 1,
        number: this.entries.length + 1,
        sessionHi: asker?.hi ?? 0,
        sessionLo: asker?.lo ?? 0,
        generation: asker?.generation ?? 0,
        xid: 1,
        op,
      },
      encodeAuth(asker?.ids ?? []),
      body,
    )
    stampTimes(payload, this.wallMs, this.clusterMs)
    return payload
  }

  apply(payload: Buffer): Applied {
    this.zxid++
    this.entries.push({ payload, zxid: this.zxid })
    return this.tree.apply(payload, this.zxid)
  }

  request(asker: Asker, q: Request): Applied {
    return this.apply(this.entry(EntryKind.request, asker, encode(q), q.op))
  }

  /** A new session; throws if it cannot be made. */
  connect(ids: readonly Id[] = [], timeoutMs = 30_000): Asker {
    const asker = { hi: 0x0100_0000, lo: ++this.#sessions, generation: 0, ids }
    const { err, session } = this.apply(this.entry(EntryKind.createSession, asker, sessionBody(timeoutMs, PASSWORD)))
    if (err !== 0 || session === null) throw new Error(`session refused: ${err}`)
    asker.generation = session.generation
    return asker
  }

  create(
    asker: Asker,
    path: string,
    o: { data?: string | null; flags?: number; acl?: readonly Acl[] | null; op?: 1 | 15 | 19 } = {},
  ): Applied {
    return this.request(asker, createOp(path, o))
  }

  createTtl(asker: Asker, path: string, ttlMs: number, flags: number = CreateFlag.persistentWithTtl): Applied {
    return this.request(asker, { op: OpCode.createTtl, path, data: null, acl: OPEN_ACL, flags, ttlMs })
  }

  createContainer(asker: Asker, path: string): Applied {
    return this.create(asker, path, { op: OpCode.createContainer, flags: CreateFlag.container })
  }

  remove(asker: Asker, path: string, version = -1): Applied {
    return this.request(asker, { op: OpCode.delete, path, version })
  }

  set(asker: Asker, path: string, data: string | null, version = -1): Applied {
    return this.request(asker, setOp(path, data, version))
  }

  setAcl(asker: Asker, path: string, acl: readonly Acl[] | null, version = -1): Applied {
    return this.request(asker, { op: OpCode.setAcl, path, acl, version })
  }

  multi(asker: Asker, ...ops: MultiOp[]): Applied {
    return this.request(asker, { op: OpCode.multi, ops })
  }

  close(asker: Asker): Applied {
    return this.apply(this.entry(EntryKind.closeSession, asker, Buffer.alloc(0)))
  }

  expire(asker: Asker): Applied {
    return this.apply(this.entry(EntryKind.expireSession, asker, Buffer.alloc(0)))
  }

  attach(asker: Asker, password: Uint8Array = PASSWORD, timeoutMs = 30_000): Applied {
    return this.apply(this.entry(EntryKind.attachSession, asker, sessionBody(timeoutMs, password)))
  }

  reap(path: string): Applied {
    return this.apply(this.entry(EntryKind.reap, null, stringBody(path)))
  }

  settings(s: Partial<Settings>): Applied {
    return this.apply(this.entry(EntryKind.settings, null, stringBody(settingsToJson({ ...this.tree.settings, ...s }))))
  }

  config(text: string): Applied {
    return this.apply(this.entry(EntryKind.config, null, stringBody(text)))
  }

  noop(clusterId: Uint8Array = Buffer.from('aabbccddeeff0011', 'hex')): Applied {
    return this.apply(this.entry(EntryKind.noop, null, clusterId))
  }

  data(path: string): string | null | undefined {
    const node = this.tree.node(path)
    return node === undefined ? undefined : node.data === null ? null : node.data.toString('utf8')
  }
}

export function encode(q: Request): Buffer {
  const w = new Writer()
  writeRequest(w, q)
  return w.copy()
}

export function createOp(
  path: string,
  o: { data?: string | null; flags?: number; acl?: readonly Acl[] | null; op?: 1 | 15 | 19 } = {},
): MultiOp {
  const data = o.data === undefined || o.data === null ? null : Buffer.from(o.data)
  return { op: o.op ?? OpCode.create, path, data, acl: o.acl === undefined ? OPEN_ACL : o.acl, flags: o.flags ?? 0 }
}

export function deleteOp(path: string, version = -1): MultiOp {
  return { op: OpCode.delete, path, version }
}

export function setOp(path: string, data: string | null, version = -1): MultiOp & { op: 5 } {
  return { op: OpCode.setData, path, data: data === null ? null : Buffer.from(data), version }
}

export function checkOp(path: string, version = -1): MultiOp {
  return { op: OpCode.check, path, version }
}

export function digestId(user: string): Id {
  return { scheme: 'digest', id: `${user}:hash-of-${user}` }
}

export function bytesOf(tree: StateMachine): Buffer {
  return Buffer.concat([...tree.snapshot()])
}
