// A server whose snapshot never ends by itself, for tests of what happens in the middle of one.

import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AdminEndpoint } from '../../core/admin/admin-file.ts'
import type { ServerView, SnapshotDownload } from '../../core/server/server-view.ts'

/** A view whose snapshot never ends by itself. */
export class EndlessView {
  taken = 0
  readonly givenUp: Promise<void>
  #onGivenUp: () => void = () => {}

  constructor() {
    this.givenUp = new Promise((resolve) => {
      this.#onGivenUp = resolve
    })
  }

  get view(): ServerView {
    return { version: '0', takeSnapshot: () => this.#take() } as unknown as ServerView
  }

  #take(): SnapshotDownload {
    this.taken += 1
    const done = { done: true, value: undefined } as const
    let ended = false
    const parts: IterableIterator<Buffer> = {
      [Symbol.iterator]: () => parts,
      next: () => (ended ? done : { done: false, value: Buffer.alloc(65_536) }),
      return: () => {
        ended = true
        this.#onGivenUp()
        return done
      },
    }
    return { index: 7, lastZxid: 2 ** 32 + 6, nodeCount: 4, sessionCount: 0, approximateBytes: 1, parts }
  }
}

/** Begins a snapshot and reads its first bytes. */
export function beginSnapshot({ url, token }: AdminEndpoint): Promise<{ asked: ClientRequest; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/snapshot`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }, (response) => {
      response.on('error', () => {})
      response.once('data', () => {
        response.pause()
        resolve({ asked, response })
      })
    })
    asked.on('error', reject).end()
  })
}
