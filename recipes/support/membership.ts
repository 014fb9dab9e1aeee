// recipes: one member's presence: keeps its znode in place over every session until it leaves.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sharedController, sleep } from './abort.ts'
import { Attempt } from './attempt.ts'
import { withinTime } from './call-bounds.ts'
import type { CleanUp } from './clean-up.ts'
import { Damper } from './damper.ts'
import { Hold } from './hold.ts'
import type { LostReason } from './hold-model.ts'
import type { OnTaken } from './named-node.ts'
import { NameTraces, placeNamedNode, removeNamedNode } from './named-node.ts'
import { requireTimeout } from './options.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { OwnWatch } from './own-watch.ts'

type Data = Uint8Array | string | null

/** Where a membership stands: `absent` while it joins again after its znode was lost; `ended` is final. */
export type MembershipState = 'joined' | 'suspended' | 'absent' | 'ended'

/** What a membership is made of. */
export interface MembershipParts {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly parent: string
  readonly path: string
  readonly name: string
  readonly data: Data
  readonly acl?: readonly Acl[] | undefined
  readonly onTaken: OnTaken
  /** Called after each joining that followed a loss, with the new generation. */
  readonly onRejoined?: ((generation: number) => void) | undefined
}

//            joined                  session ended, znode deleted, deadline
//   start ----------> present (generation g) ----------------------------> absent --- joined again, generation g + 1 ---.
//                        ^                                                    | name taken by somebody else: ended     |
//                        '--------------------------------------------------- | ---------------------------------------'
//                                                                          leave, close: ended

/** A presence with one loop that compares what is with what should be. */
export class Presence {
  readonly ended: Promise<LostReason>
  readonly #parts: MembershipParts
  readonly #end: AbortController = sharedController()
  readonly #traces: NameTraces = new NameTraces()
  /** The wish: what the next joining writes. */
  #data: Data
  /** What the servers took last. */
  #taken: Data
  #wishes = 0
  #node: OwnNode | null = null
  #hold: Hold | null = null
  #generation = 0
  #reason: LostReason | null = null
  #resolveEnded: (reason: LostReason) => void = () => {}
  #keeping: Promise<void> = Promise.resolve()
  #writing: Promise<void> = Promise.resolve()
  #leaving: Promise<void> | undefined = undefined
  readonly #waiters: (() => void)[] = []
  readonly #losses: Damper = new Damper()

  constructor(parts: MembershipParts) {
    this.#parts = parts
    this.#data = ownCopy(parts.data)
    this.#taken = this.#data
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  get state(): MembershipState {
    if (this.#reason !== null) return 'ended'
    const state = this.#hold?.state ?? 'lost'
    if (state === 'lost') return 'absent'
    return state === 'held' ? 'joined' : 'suspended'
  }

  get generation(): number {
    return this.#generation
  }

  get token(): bigint {
    return this.#node?.czxid ?? 0n
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  get endReason(): LostReason | null {
    return this.#reason
  }

  /** Joins for the first time, within the bounds of the attempt, and from then on keeps the presence. */
  async start(attempt: Attempt): Promise<void> {
    await this.#join(attempt, this.#parts.onTaken)
    this.#keeping = this.#keep()
  }

  /** Writes the data into the znode; what is written last is also what a later joining writes. The options end the waiting, not the writing. */
  async setData(wished: Data, options: CallOptions): Promise<void> {
    requireTimeout(options.timeoutMs)
    this.signal.throwIfAborted()
    await withinTime(
      options,
      () => `data of ${this.#parts.path}`,
      ({ signal }) => orAbort(this.#wish(wished), signal),
    )
  }

  #wish(wished: Data): Promise<void> {
    const data = ownCopy(wished)
    const wish = ++this.#wishes
    this.#data = data
    const writing = this.#writing.then(() => this.#settleWish(wish, data))
    this.#writing = writing.catch(() => {})
    return writing
  }

  /** Data that the servers refused must not be what every later joining fails with, nor what others see after it. */
  async #settleWish(wish: number, data: Data): Promise<void> {
    try {
      await this.#write(data)
      this.#taken = data
    } finally {
      if (wish === this.#wishes) this.#data = this.#taken
    }
  }

  /** Ends the presence for good and deletes the znode. Idempotent; after a rejection it may be called again. */
  leave(reason: LostReason): Promise<void> {
    this.#finish(reason)
    this.#leaving ??= this.#remove().catch((error: unknown) => {
      this.#leaving = undefined
      throw error
    })
    return this.#leaving
  }

  async #remove(): Promise<void> {
    await this.#keeping
    const { client, cleanUp, path } = this.#parts
    const [node, traces] = [this.#node, this.#traces]
    if (traces.any) {
      await cleanUp.perform(async () => {
        await traces.settled()
        // Nobody else in this process uses the path: whatever the session owns there is what a create without a reply made.
        await removeNamedNode(client, path, null)
      })
    } else if (node !== null && node.owner === client.session.id) {
      await cleanUp.perform(() => removeNamedNode(client, path, node.czxid))
    }
  }

  async #keep(): Promise<void> {
    for (let failures = 0; this.#reason === null; ) {
      try {
        await this.#loss()
        if (this.#reason !== null) return
        await sleep(this.#losses.pauseMs(), this.signal)
        await this.#joinAgain()
        failures = 0
      } catch (error) {
        if (this.#reason !== null) return
        // A client whose authentication was refused is over, too.
        if (ZoariumError.is(error, 'ERR_CLOSED') || ZoariumError.is(error, 'AUTH_FAILED')) this.#finish('closed')
        else if (ZoariumError.is(error, 'NODE_EXISTS')) this.#finish('revoked')
        else await this.#pauseAfter(error, failures++)
      }
    }
  }

  /** Whatever the servers refuse is reported each time, and tried again: an access list may be changed back. */
  async #pauseAfter(error: unknown, failures: number): Promise<void> {
    if (!isTransient(error)) {
      this.#parts.cleanUp.report(error)
      // It may be the data that is refused. What was wished is written once the znode is there, and whoever wished it hears of a refusal.
      this.#data = this.#taken
    }
    await sleep(backOffMs(failures), this.signal).catch(() => {})
  }

  /** Resolves when the znode is lost; at once if it is. A closed client ends the membership. */
  async #loss(): Promise<void> {
    const reason = (await this.#hold?.lost) ?? null
    if (reason === 'closed') this.#finish('closed')
  }

  async #joinAgain(): Promise<void> {
    const attempt = new Attempt({ signal: this.signal }, () => `member ${this.#parts.path}`)
    const before = this.#generation
    try {
      // Who was replaced does not replace back: two processes under one name would go on for ever.
      await this.#join(attempt, this.#parts.onTaken === 'wait' ? 'wait' : 'reject')
    } finally {
      attempt.end()
    }
    if (this.#generation !== before) this.#callback(this.#generation)
  }

  async #join(attempt: Attempt, onTaken: OnTaken): Promise<void> {
    const { client, cleanUp, parent, path, name, acl } = this.#parts
    const node = await placeNamedNode({
      client,
      attempt,
      parent,
      path,
      acl,
      onTaken,
      data: () => this.#data,
      known: this.#node,
      traces: this.#traces,
    })
    if (node.czxid !== this.#node?.czxid) this.#generation++
    this.#node = node
    this.#hold = new Hold({ client, session: client.session, recipe: 'membership', what: `membership ${name}`, path })
    const hold = this.#hold
    new OwnWatch({ client, node, hold, report: cleanUp.report, onGone: () => void hold.lose('nodeDeleted') }).start()
    for (const wake of this.#waiters.splice(0)) wake()
  }

  /** Writing the same data again changes nothing that matters: a lost reply is answered by another write. */
  async #write(data: Data): Promise<void> {
    const { client, path } = this.#parts
    for (let failures = 0; ; failures++) {
      await this.#untilPresent()
      try {
        const stat = await orAbort(client.exists(path), this.signal)
        if (stat !== null && stat.czxid === this.#node?.czxid) {
          await orAbort(client.setData(path, data, { version: stat.version }), this.signal)
          return
        }
      } catch (error) {
        this.signal.throwIfAborted()
        if (!isTransient(error) && !ZoariumError.is(error, 'BAD_VERSION') && !ZoariumError.is(error, 'NO_NODE')) throw error
      }
      await sleep(backOffMs(failures), this.signal)
    }
  }

  async #untilPresent(): Promise<void> {
    while (this.state === 'absent') {
      await orAbort(new Promise<void>((resolve) => this.#waiters.push(resolve)), this.signal)
    }
    this.signal.throwIfAborted()
  }

  #finish(reason: LostReason): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#hold?.lose(reason)
    this.#resolveEnded(reason)
    const code = reason === 'released' ? 'ERR_NOT_HELD' : 'ERR_LOST'
    this.#end.abort(new ZoariumError(code, `membership ${this.#parts.path} (${reason})`, { path: this.#parts.path }))
  }

  #callback(generation: number): void {
    try {
      this.#parts.onRejoined?.(generation)
    } catch (error) {
      this.#parts.cleanUp.report(error)
    }
  }
}

/** What is written again after hours must not have changed under the caller's hands. */
function ownCopy(data: Data): Data {
  return data instanceof Uint8Array ? Buffer.from(data) : data
}
