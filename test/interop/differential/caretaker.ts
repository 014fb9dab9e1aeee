// The super user's connection of a lane: makes the sequence's folder, reads everything that is left in it, and takes it away.

import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { OPEN_ACL, type Request } from '../../../core/wire/records.ts'
import { type Asked, TesterConnection } from './connection.ts'
import { CARETAKER_STEP } from './coverage.ts'
import type { Dial } from './dial.ts'
import { connectFrame, requestFrame, reservedXid } from './frames.ts'
import { type Observation, type SessionNames, seeReply } from './observe.ts'
import { SUPER_USER } from './values.ts'

const TIMEOUT_MS = 80_000
const START_LIMIT_MS = 30_000

export class Caretaker {
  readonly #connection: TesterConnection
  #nextXid = 1

  private constructor(connection: TesterConnection) {
    this.#connection = connection
  }

  /** The first one of a server that may still be loading: it closes what comes before it serves. */
  static async whenServing(dial: Dial): Promise<void> {
    for (const deadline = Date.now() + START_LIMIT_MS; ; ) {
      try {
        const caretaker = await Caretaker.open(dial)
        caretaker.close()
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
      }
    }
  }

  static async open(dial: Dial): Promise<Caretaker> {
    const connection = await TesterConnection.open(dial, TIMEOUT_MS)
    const password = Buffer.alloc(16)
    await connection.greet(
      connectFrame({ protocolVersion: 0, lastZxidSeen: 0, timeoutMs: TIMEOUT_MS, sessionHi: 0, sessionLo: 0, password, readOnly: false }),
    )
    const caretaker = new Caretaker(connection)
    await caretaker.#ask([{ op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from(SUPER_USER) }])
    return caretaker
  }

  async makeFolder(root: string): Promise<void> {
    const [err] = await this.#ask([{ op: OpCode.create, path: root, data: null, acl: OPEN_ACL, flags: 0 }])
    if (err !== 0) throw new Error(`${root} cannot be made: ${err}`)
  }

  /** Reads every path that was ever created, and the folder. */
  async inspect(root: string, created: readonly string[], names: SessionNames): Promise<Observation[]> {
    const paths = [root, ...created].sort()
    const requests = paths.flatMap((path): Request[] => [
      { op: OpCode.getData, path, watch: false },
      { op: OpCode.getAcl, path },
      { op: OpCode.getChildren, path, watch: false },
    ])
    return this.#observe(requests, names)
  }

  /** Which of the paths are left, once all sessions are closed. */
  async survivors(created: readonly string[], names: SessionNames): Promise<Observation[]> {
    return this.#observe(
      [...created].sort().map((path): Request => ({ op: OpCode.exists, path, watch: false })),
      names,
    )
  }

  /** Deletes all of it. Returns whether nothing is left. */
  async cleanUp(root: string, created: readonly string[]): Promise<boolean> {
    const paths = [root, ...created].sort().reverse()
    const errors = await this.#ask(paths.map((path): Request => ({ op: OpCode.delete, path, version: -1 })))
    // The sequence may have deleted its folder.
    return errors.every((err) => err === ErrorCode.ok || err === ErrorCode.noNode)
  }

  close(): void {
    this.#connection.cut()
  }

  async #ask(requests: readonly Request[]): Promise<number[]> {
    const from = this.#connection.heard.length
    await this.#send(requests)
    const errors: number[] = []
    for (const one of this.#connection.heard.slice(from)) {
      if (one.kind !== 'reply') throw new Error(`the caretaker heard ${one.kind}`)
      errors.push(one.bytes.readInt32BE(12))
    }
    this.#connection.heard.length = 0
    return errors
  }

  async #observe(requests: readonly Request[], names: SessionNames): Promise<Observation[]> {
    await this.#send(requests)
    const seen = this.#connection.heard.map((one): Observation => {
      if (one.kind !== 'reply') throw new Error(`the caretaker heard ${one.kind}`)
      return { kind: 'reply', step: CARETAKER_STEP, asked: one.asked, seen: seeReply(one.bytes, one.asked, names) }
    })
    this.#connection.heard.length = 0
    return seen
  }

  #send(requests: readonly Request[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve()
    if (this.#connection.ended) throw new Error('the connection of the caretaker was closed')
    const asked: Asked[] = []
    const frames: Buffer[] = []
    for (const request of requests) {
      const xid = reservedXid(request.op) ?? this.#nextXid++
      frames.push(requestFrame(xid, request.op, request, null))
      asked.push({ step: CARETAKER_STEP, call: { request, opCode: null, spoil: null, xid: null }, xid, op: request.op })
    }
    return this.#connection.ask(Buffer.concat(frames), asked)
  }
}
