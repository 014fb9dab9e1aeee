// bench: the connections of one job: opened together, watched for failures, closed together.

import type { ConnectionRequests } from './load-connection.ts'
import { LoadConnection } from './load-connection.ts'
import type { Recorder } from './recorder.ts'

export interface FleetOptions {
  readonly portFor: (connection: number) => number
  readonly firstConnection: number
  readonly connections: number
  /** What the connection of this number asks for. */
  readonly requestsOf: (connection: number) => ConnectionRequests
  readonly recorder: Recorder
  readonly onReplies: (connection: LoadConnection, replies: number) => void
}

export class ConnectionFleet {
  connections: readonly LoadConnection[] = []
  readonly #failed: Promise<never>
  #fail: (error: Error) => void = () => {}
  #onReply: () => void = () => {}

  private constructor() {
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    // Whoever waits hears of it; this only keeps a failure between two waits from ending the process.
    this.#failed.catch(() => {})
  }

  static async open(options: FleetOptions): Promise<ConnectionFleet> {
    const fleet = new ConnectionFleet()
    const numbers = Array.from({ length: options.connections }, (_, i) => options.firstConnection + i)
    const onReplies = (connection: LoadConnection, replies: number): void => {
      options.onReplies(connection, replies)
      fleet.#onReply()
    }
    fleet.connections = await fleet.orFailure(
      Promise.all(
        numbers.map((number) =>
          LoadConnection.open({
            port: options.portFor(number),
            requests: options.requestsOf(number),
            recorder: options.recorder,
            onReplies,
            onFailure: fleet.#fail,
          }),
        ),
      ),
    )
    return fleet
  }

  orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failed])
  }

  /** Resolves when every request was answered. */
  async drained(timeoutMs: number): Promise<void> {
    const isIdle = (): boolean => this.connections.every((connection) => connection.ring.outstanding === 0)
    let timer: NodeJS.Timeout | undefined
    const idle = new Promise<void>((resolve, reject) => {
      if (Number.isFinite(timeoutMs)) timer = setTimeout(() => reject(new Error('replies are missing')), timeoutMs)
      this.#onReply = () => {
        if (isIdle()) resolve()
      }
      this.#onReply()
    })
    try {
      await this.orFailure(idle)
    } finally {
      clearTimeout(timer)
      this.#onReply = () => {}
    }
  }

  async close(): Promise<void> {
    await this.orFailure(Promise.all(this.connections.map((connection) => connection.close())))
  }

  destroy(): void {
    for (const connection of this.connections) connection.destroy()
  }

  sent(): number[] {
    return this.connections.map((connection) => connection.ring.sent)
  }
}
