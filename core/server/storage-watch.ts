// server: hears of what happens to the store outside any call, says it in the log, and lets the replica act on it.
//
//   low disk  -> client writes are refused until there is room        damage -> a fresh snapshot
//   stalled   -> said now and when it is over                         failed -> the server ends
//
// In both of the cases on the left a leader hands its office to another server.

import type { FoundDamage, RoomState, StorageObserver } from '../storage/storage-observer.ts'
import type { Logger } from '../support/logger.ts'

/** What is done about it. */
export interface StorageActions {
  refuseWrites(reason: string | null): void
  requestSnapshot(): void
  /** Another server can make entries durable: a leader gives its office away. */
  handOver(): void
  fail(error: Error): void
}

export class StorageWatch implements StorageObserver {
  readonly #logger: Logger
  readonly #dataDir: string
  readonly #actions: StorageActions

  constructor(logger: Logger, dataDir: string, actions: StorageActions) {
    this.#logger = logger
    this.#dataDir = dataDir
    this.#actions = actions
  }

  failed(error: Error): void {
    this.#actions.fail(error)
  }

  stalled(what: string, pendingMs: number): void {
    this.#actions.handOver()
    this.#logger.warn({ operation: what, pendingMs: Math.round(pendingMs) }, 'the disk is stalled')
  }

  stallEnded(what: string, totalMs: number): void {
    this.#logger.info({ operation: what, tookMs: Math.round(totalMs) }, 'the disk goes on')
  }

  roomChanged(refusal: string | null, room: RoomState): void {
    this.#actions.refuseWrites(refusal)
    if (refusal !== null) this.#actions.handOver()
    const fields = { dataDir: this.#dataDir, ...room }
    if (refusal === null) this.#logger.info(fields, 'there is room on the disk again; client writes are taken')
    else this.#logger.warn(fields, 'the disk is nearly full; client writes are refused')
  }

  spaceUnknown(error: Error): void {
    this.#logger.warn({ dataDir: this.#dataDir, error: error.message }, 'the free space of the disk is not known')
  }

  snapshotWanted(reason: string): void {
    this.#logger.info({ reason }, 'a snapshot is taken ahead of its time')
    this.#actions.requestSnapshot()
  }

  damaged({ path, offset, firstIndex, lastIndex, problem }: FoundDamage): void {
    const place = offset < 0 ? {} : { offset }
    this.#logger.error({ dataDir: this.#dataDir, file: path, ...place, firstIndex, lastIndex, problem }, 'a file is damaged')
  }

  movedAside(path: string, to: string): void {
    this.#logger.warn({ dataDir: this.#dataDir, file: path, to }, 'a damaged file is needed no more and was moved aside')
  }
}
