// Servers that are nothing but their links, on free ports of 127.0.0.1, and what each of them heard, in order.

import { randomBytes } from 'node:crypto'
import type { PeerAddress, PeerIdentity } from '../../core/peer/identity.ts'
import { PeerLinks, type PeerLinksOptions } from '../../core/peer/peer-links.ts'
import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import type { PeerTransportListener } from '../../core/peer/peer-transport.ts'
import { SeededRandom } from '../../core/support/random.ts'

/** Quick, but far above what a busy machine needs for a round trip on loopback. */
export const QUICK: { readonly pulseMs: number; readonly silenceMs: number; readonly handshakeMs: number; readonly maxBackoffMs: number } =
  Object.freeze({ pulseMs: 50, silenceMs: 5_000, handshakeMs: 5_000, maxBackoffMs: 40 })

export function identity(serverId: number, more: Partial<PeerIdentity> = {}): PeerIdentity {
  return { serverId, incarnation: incarnationOf(serverId), bootNonce: randomBytes(16).toString('hex'), clusterId: 'c0ffee', ...more }
}

export function incarnationOf(serverId: number): string {
  return serverId.toString(16).padStart(32, '0')
}

/** Everything a listener hears, as short lines: `up 2`, `message 2 vote`, ... */
export class Recorder implements PeerTransportListener {
  readonly lines: string[] = []
  readonly messages: PeerMessage[] = []
  readonly #waiting: { readonly when: () => boolean; readonly done: () => void }[] = []

  up(peer: number): void {
    this.#note(`up ${peer}`)
  }
  down(peer: number, reason: string): void {
    this.#note(`down ${peer} ${reason}`)
  }
  refused(peer: number): void {
    this.#note(`refused ${peer}`)
  }
  turnedAway(peer: number, reason: string): void {
    this.#note(`turned away ${peer} ${reason}`)
  }
  drained(peer: number): void {
    this.#note(`drained ${peer}`)
  }
  accepted({ serverId }: PeerIdentity): void {
    this.#note(`accepted ${serverId}`)
  }
  lost(peer: number, reason: string): void {
    this.#note(`lost ${peer} ${reason}`)
  }
  message(message: PeerMessage): void {
    this.messages.push(message)
    this.#note(`message ${message.from} ${message.type}`)
  }

  count(line: string): number {
    return this.lines.filter((each) => each.startsWith(line)).length
  }

  /** Resolves when a line that begins so was heard, as often as told. */
  heard(line: string, times = 1): Promise<void> {
    return this.until(() => this.count(line) >= times)
  }

  until(when: () => boolean): Promise<void> {
    if (when()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ when, done: resolve }))
  }

  #note(line: string): void {
    this.lines.push(line)
    for (const waiting of [...this.#waiting]) {
      if (!waiting.when()) continue
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      waiting.done()
    }
  }
}

export interface Node extends AsyncDisposable {
  readonly links: PeerLinks
  readonly heard: Recorder
  readonly port: number
  readonly self: PeerIdentity
  readonly log: string[]
}

/** A server that listens and knows nobody yet. */
export async function node(serverId: number, options: Partial<PeerLinksOptions> & { readonly port?: number } = {}): Promise<Node> {
  const heard = new Recorder()
  const self = options.self ?? identity(serverId)
  const log: string[] = []
  const note = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    log.push(`${message}: ${JSON.stringify(fields)}`)
  }
  const links = new PeerLinks(
    {
      security: { kind: 'plain' },
      random: new SeededRandom(serverId),
      logger: { debug: note, info: note, warn: note, error: note },
      ...options,
      timing: { ...QUICK, ...options.timing },
      self,
    },
    heard,
  )
  const port = await links.listen('127.0.0.1', options.port ?? 0)
  return { links, heard, port, self, log, [Symbol.asyncDispose]: () => links.close() }
}

export function address(serverId: number, port: number, more: Partial<PeerAddress> = {}): PeerAddress {
  return { serverId, host: '127.0.0.1', port, incarnation: incarnationOf(serverId), ...more }
}

/** Two servers that know each other, with both links up. */
export async function pair(
  one: Partial<PeerLinksOptions> = {},
  two: Partial<PeerLinksOptions> = {},
): Promise<{ readonly one: Node; readonly two: Node } & AsyncDisposable> {
  const [first, second] = [await node(1, one), await node(2, two)]
  first.links.setPeers([address(2, second.port)])
  second.links.setPeers([address(1, first.port)])
  await Promise.all([
    first.heard.heard('up 2'),
    second.heard.heard('up 1'),
    first.heard.heard('accepted 2'),
    second.heard.heard('accepted 1'),
  ])
  return {
    one: first,
    two: second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first.links.close(), second.links.close()])
    },
  }
}

/** Looks again in every turn of the event loop. */
export async function eventually(when: () => boolean): Promise<void> {
  while (!when()) await new Promise((resolve) => setImmediate(resolve))
}
