// What a simulated client asks for next, drawn from its seed: few paths, so that clients meet; every kind of node, watch and multi.

import type { Random } from '../../core/support/random.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { AddWatchMode, CreateFlag, type MultiOp, OPEN_ACL, type Request, WatcherType } from '../../core/wire/records.ts'
import type { RegisterOp } from './linearizability.ts'

/** Requests that go together, in one send. */
export interface Work {
  readonly requests: readonly Request[]
  /** Set for work on a register: the last request is the operation. */
  readonly register: { readonly path: string; readonly op: RegisterOp } | null
}

/** A client that only reads is answered while no write can be: at once, or as soon as a sync is. */
export type Reads = 'sometimes' | 'only' | 'only after sync'

const TOPS = ['/a', '/b', '/c']
const REGISTERS = ['/r0', '/r1']
/** Sequential nodes of a client that are left; older ones it deletes. */
const MOST_SEQUENTIAL = 3

export class Workload {
  readonly #name: string
  readonly #random: Random
  readonly #sequential: string[] = []
  readonly #reads: Reads
  #count = 0

  constructor(name: string, random: Random, reads: Reads) {
    this.#reads = reads
    this.#name = name
    this.#random = random
  }

  /** A sequential node that this client has made. */
  made(path: string): void {
    this.#sequential.push(path)
  }

  next(): Work {
    this.#count += 1
    if (this.#reads === 'only') return { requests: [this.#read()], register: null }
    if (this.#reads === 'only after sync') return this.#readRegister(this.#one(REGISTERS))
    return this.#random.below(4) === 0 ? this.#onRegister() : { requests: [this.#request()], register: null }
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T
  }

  get #data(): Buffer {
    return Buffer.from(`${this.#name}-${this.#count}`)
  }

  #path(): string {
    const top = this.#one(TOPS)
    return this.#random.below(2) === 0 ? `${top}/${this.#random.below(3)}` : top
  }

  #onRegister(): Work {
    const path = this.#one(REGISTERS)
    const data = this.#data
    const value = data.toString()
    switch (this.#random.below(8)) {
      case 0:
        return {
          requests: [{ op: OpCode.create, path, data, acl: OPEN_ACL, flags: CreateFlag.persistent }],
          register: { path, op: { type: 'create', value } },
        }
      case 1:
      case 2:
        return { requests: [{ op: OpCode.setData, path, data, version: -1 }], register: { path, op: { type: 'set', value } } }
      case 3: {
        const version = this.#random.below(30)
        return { requests: [{ op: OpCode.setData, path, data, version }], register: { path, op: { type: 'cas', value, version } } }
      }
      default:
        return this.#readRegister(path)
    }
  }

  #readRegister(path: string): Work {
    return {
      requests: [
        { op: OpCode.sync, path },
        { op: OpCode.getData, path, watch: false },
      ],
      register: { path, op: { type: 'read' } },
    }
  }

  #request(): Request {
    const path = this.#path()
    const data = this.#data
    const acl = OPEN_ACL
    switch (this.#random.below(22)) {
      case 0:
      case 1:
        return { op: OpCode.create, path, data, acl, flags: CreateFlag.persistent }
      case 2:
        return { op: OpCode.create2, path, data, acl, flags: CreateFlag.persistent }
      case 3:
        return { op: OpCode.create, path: `${path}-e`, data, acl, flags: CreateFlag.ephemeral }
      case 4:
        return this.#sequentialNode()
      case 5:
        return { op: OpCode.setData, path: this.#one([path, `${this.#one(TOPS)}/t`]), data, version: -1 }
      case 6:
        return { op: OpCode.setData, path, data, version: this.#random.below(4) === 0 ? this.#random.below(3) : -1 }
      case 7:
      case 8:
        return { op: OpCode.delete, path, version: this.#random.below(4) === 0 ? 0 : -1 }
      case 9:
      case 10:
      case 11:
      case 12:
      case 13:
        return this.#read()
      case 14:
        return this.#multi(path)
      case 15:
        return { op: OpCode.createContainer, path: `${this.#one(TOPS)}/k`, data, acl, flags: CreateFlag.container }
      case 16:
        return {
          op: OpCode.create,
          path: `${this.#one(TOPS)}/k/1`,
          data,
          acl,
          flags: this.#one([CreateFlag.persistent, CreateFlag.ephemeral]),
        }
      case 17:
        return { op: OpCode.delete, path: `${this.#one(TOPS)}/k/1`, version: -1 }
      case 18: {
        const ttlMs = 50 + this.#random.below(800)
        return { op: OpCode.createTtl, path: `${this.#one(TOPS)}/t`, data, acl, flags: CreateFlag.persistentWithTtl, ttlMs }
      }
      case 19:
        return { op: OpCode.addWatch, path, mode: this.#one([AddWatchMode.persistent, AddWatchMode.persistentRecursive]) }
      case 20:
        return { op: OpCode.removeWatches, path, type: this.#one([WatcherType.any, WatcherType.data, WatcherType.persistentRecursive]) }
      default:
        return { op: OpCode.setAcl, path, acl, version: -1 }
    }
  }

  #read(): Request {
    const path = this.#path()
    const watch = this.#random.below(3) === 0
    switch (this.#random.below(5)) {
      case 0:
        return { op: OpCode.exists, path, watch }
      case 1:
        return { op: this.#one([OpCode.getChildren, OpCode.getChildren2]), path: this.#one(['/', ...TOPS]), watch }
      case 2:
        return { op: OpCode.getData, path, watch }
      case 3:
        return {
          op: OpCode.multiRead,
          ops: [
            { op: OpCode.getData, path, watch: false },
            { op: OpCode.getChildren, path: this.#one(TOPS), watch: false },
          ],
        }
      default:
        return { op: OpCode.getEphemerals, path: this.#one(['/', ...TOPS]) }
    }
  }

  #sequentialNode(): Request {
    const oldest = this.#sequential.length > MOST_SEQUENTIAL ? this.#sequential.shift() : undefined
    if (oldest !== undefined) return { op: OpCode.delete, path: oldest, version: -1 }
    const flags = this.#one([CreateFlag.ephemeralSequential, CreateFlag.persistentSequential])
    return { op: OpCode.create, path: `${this.#one(TOPS)}/s-`, data: this.#data, acl: OPEN_ACL, flags }
  }

  #multi(path: string): Request {
    const data = this.#data
    const ops: MultiOp[] = [
      { op: OpCode.check, path: this.#one(TOPS), version: this.#random.below(3) === 0 ? 1 : -1 },
      { op: OpCode.setData, path, data, version: -1 },
    ]
    if (this.#random.below(2) === 0) {
      const flags = this.#one([CreateFlag.persistent, CreateFlag.ephemeralSequential])
      ops.push({ op: OpCode.create, path: `${path}-m`, data, acl: OPEN_ACL, flags })
    }
    if (this.#random.below(2) === 0) ops.push({ op: OpCode.delete, path: `${path}-m`, version: -1 })
    return { op: OpCode.multi, ops }
  }
}
