// What one side knows of the tree and of its watches from the replies so far. Requests on which ZooKeeper 3.8 is known to differ, and which
// would leave the two servers in different states, are left out by it. Each rule names the record that says why.

import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { Reader } from '../../../core/wire/reader.ts'
import { AddWatchMode, CreateFlag, type Request, WatcherType } from '../../../core/wire/records.ts'
import type { Asked } from './connection.ts'
import { absolute, opOf } from './frames.ts'
import type { Call } from './steps.ts'

type Mode = 'one-shot' | 'persistent' | 'recursive'

export class Known {
  readonly #root: string
  readonly #created = new Set<string>()
  /** By connection and path, the only mode that may be used there. */
  readonly #modes = new Map<string, Mode>()

  /** Whether an ephemeral node may have been made: closing a session then tells others of it. */
  hasEphemerals = false

  constructor(root: string) {
    this.#root = root
  }

  get created(): string[] {
    return [...this.#created]
  }

  mayBeSent(call: Call, connection: number): boolean {
    if (call.spoil !== null || makesEphemeral(call.request)) this.hasEphemerals = true
    if (call.opCode !== null) return true
    return this.#keepsModesApart(call.request, call.spoil !== null, connection)
  }

  replied(asked: Asked, bytes: Buffer, err: number): void {
    const { request } = asked.call
    if (err !== ErrorCode.ok) return
    switch (opOf(asked.call)) {
      case OpCode.create:
      case OpCode.create2:
      case OpCode.createContainer:
      case OpCode.createTtl: {
        const path = new Reader(bytes, 16).ustring() ?? ''
        this.#created.add(path)
        break
      }
      case OpCode.multi:
        this.#multiReplied(request, bytes)
        break
      default:
    }
  }

  #multiReplied(request: Request, bytes: Buffer): void {
    if (request.op !== OpCode.multi) return
    const r = new Reader(bytes, 16)
    try {
      for (;;) {
        const type = r.int32()
        const done = r.boolean()
        r.int32()
        if (done) return
        if (type === OpCode.error) r.int32()
        if (type === OpCode.setData) r.raw(68)
        if (type !== OpCode.create && type !== OpCode.create2) continue
        const path = r.ustring() ?? ''
        if (type === OpCode.create2) r.raw(68)
        this.#created.add(path)
      }
    } catch {
      // Compared and reported as it stands.
    }
  }

  // docs/operations/interop.md, ZOOKEEPER-4466: 3.8 keeps one mode for a connection's watches on a path, so only one is used there.
  #keepsModesApart(request: Request, spoiled: boolean, connection: number): boolean {
    const claim = (path: string, mode: Mode): boolean => {
      const key = `${connection} ${absolute(path, this.#root)}`
      const have = this.#modes.get(key)
      if (have === undefined) this.#modes.set(key, mode)
      return have === undefined || have === mode
    }
    switch (request.op) {
      case OpCode.exists:
      case OpCode.getData:
      case OpCode.getChildren:
      case OpCode.getChildren2:
        // A spoiled flag may be true.
        return (!request.watch && !spoiled) || claim(request.path, 'one-shot')
      case OpCode.addWatch:
        return claim(request.path, request.mode === AddWatchMode.persistent ? 'persistent' : 'recursive')
      case OpCode.setWatches:
      case OpCode.setWatches2: {
        const oneShot = [...request.data, ...request.exist, ...request.child].every((path) => claim(path, 'one-shot'))
        const persistent = request.persistent.every((path) => claim(path, 'persistent'))
        const recursive = request.persistentRecursive.every((path) => claim(path, 'recursive'))
        return oneShot && persistent && recursive
      }
      case OpCode.checkWatches:
      case OpCode.removeWatches: {
        const mode = this.#modes.get(`${connection} ${absolute(request.path, this.#root)}`)
        const isOneShot = request.type === WatcherType.data || request.type === WatcherType.children
        return mode === undefined || mode === 'one-shot' || !isOneShot
      }
      default:
        return true
    }
  }
}

function makesEphemeral(request: Request): boolean {
  if (request.op === OpCode.multi) return request.ops.some(makesEphemeral)
  return 'flags' in request && (request.flags === CreateFlag.ephemeral || request.flags === CreateFlag.ephemeralSequential)
}
