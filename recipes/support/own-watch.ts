// recipes: following the own znode of a hold, so that its deletion is noticed. One watch at a time.

import type { Client, WatchEvent } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { BackgroundErrorHandler } from './clean-up.ts'
import type { Hold } from './hold.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'

/** What is followed, and who is told. */
export interface OwnWatchParts {
  readonly client: Client
  readonly node: OwnNode
  readonly hold: Hold
  readonly report: BackgroundErrorHandler
  /** Called with the data, now and whenever somebody changed it. */
  readonly onData?: (data: Buffer | null) => void
  /** Called when the znode is gone, or another one stands in its place. */
  readonly onGone: () => void
}

/** The watch needs no taking back: the deletion that ends every hold uses it up. */
export class OwnWatch {
  readonly #parts: OwnWatchParts
  #isArmed = false

  constructor(parts: OwnWatchParts) {
    this.#parts = parts
  }

  /** Looks and watches, unless it does already, or the hold is lost. */
  start(): void {
    if (!this.#isArmed && !this.#parts.hold.isLost) this.#arm(0)
  }

  #arm(failures: number): void {
    const { client, node } = this.#parts
    this.#isArmed = true
    client.getData(node.path, { watch: (event) => this.#changed(event) }).then(
      ({ data, stat }) => {
        if (stat.czxid !== node.czxid || stat.ephemeralOwner !== node.owner) this.#parts.onGone()
        else this.#parts.onData?.(data)
      },
      (error: unknown) => this.#failed(error, failures),
    )
  }

  #changed(event: WatchEvent): void {
    this.#isArmed = false
    if (event.type === 'deleted' && !this.#parts.hold.isLost) this.#parts.onGone()
    else this.start()
  }

  /** What ended the session is told by its signal. An error that repeating cannot cure (a changed access list) leaves the hold unwatched. */
  #failed(error: unknown, failures: number): void {
    const { hold, report, onGone } = this.#parts
    this.#isArmed = false
    if (hold.isLost || ZoariumError.is(error, 'ERR_CLOSED')) return
    if (ZoariumError.is(error, 'NO_NODE')) onGone()
    else if (!isTransient(error)) report(error)
    else {
      this.#isArmed = true
      sleep(backOffMs(failures), hold.signal).then(
        () => this.#arm(failures + 1),
        () => {},
      )
    }
  }
}
