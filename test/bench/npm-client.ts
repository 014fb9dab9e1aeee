// bench: the package node-zookeeper-client, driven as it costs it least: a lane has one callback for all its requests, and lanes begin
// together. Request for answer, as ours is driven, it takes half as much CPU again: each answer is a socket read of its own then.

import { createClient, type NodeClient, type Stat } from 'node-zookeeper-client'
import { Burst } from './burst.ts'
import type { ClientWorkKind } from './client-job.ts'
import type { ClientWork, KnownNode } from './client-work.ts'
import type { DrivenClient } from './driven-client.ts'

/** What a lane shares with others, and how it ends. */
interface Lane {
  readonly burst: Burst
  readonly done: () => void
  readonly fail: (error: Error) => void
}

export class NpmClient implements DrivenClient {
  readonly #client: NodeClient

  private constructor(client: NodeClient) {
    this.#client = client
  }

  static open(address: string): Promise<NpmClient> {
    return new Promise((resolve) => {
      const client = createClient(address)
      client.once('connected', () => resolve(new NpmClient(client)))
      client.connect()
    })
  }

  version(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#client.getData(path, (error, _, stat) => (error ? reject(error) : resolve(stat.version)))
    })
  }

  async run(kind: ClientWorkKind | 'delete', work: ClientWork, lanes: number): Promise<void> {
    const burst = new Burst(lanes)
    const lane = (_: unknown, index: number): Promise<void> =>
      new Promise((resolve, fail) => {
        const done = (): void => {
          resolve()
          burst.leave()
        }
        this.#start(kind, work, index, { burst, done, fail })
      })
    await Promise.all(Array.from({ length: lanes }, lane))
  }

  watch(path: string, fired: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.getData(path, fired, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#client.once('disconnected', resolve)
      this.#client.close()
    })
  }

  #start(kind: ClientWorkKind | 'delete', work: ClientWork, lane: number, end: Lane): void {
    switch (kind) {
      case 'read':
        this.#read(work, end)
        break
      case 'write':
        this.#write(work, lane, end)
        break
      case 'create':
        this.#create(work, end)
        break
      case 'delete':
        this.#delete(work, end)
        break
    }
  }

  // What is thrown in a callback ends the process, and so the run.

  #read(work: ClientWork, { burst, done, fail }: Lane): void {
    const client = this.#client
    let node: KnownNode
    const next = (): void => {
      if (work.isOver) done()
      else {
        node = work.nextNode()
        client.getData(node.path, replied)
      }
    }
    const replied = (error: Error | null | undefined, data: Buffer | undefined, stat: Stat): void => {
      if (error) fail(error)
      else {
        work.wasRead(node, data, stat.version)
        burst.ready(next)
      }
    }
    burst.ready(next)
  }

  #write(work: ClientWork, lane: number, { burst, done, fail }: Lane): void {
    const client = this.#client
    const node = work.ownNode(lane)
    const next = (): void => {
      if (work.isOver) done()
      else {
        work.beginWrite()
        client.setData(node.path, node.data, replied)
      }
    }
    const replied = (error: Error | null | undefined, stat: Stat): void => {
      if (error) fail(error)
      else {
        work.wasWritten(node, stat.version)
        burst.ready(next)
      }
    }
    burst.ready(next)
  }

  #create(work: ClientWork, { burst, done, fail }: Lane): void {
    const client = this.#client
    const data = work.ownNode(0).data
    let asked: string
    const next = (): void => {
      if (work.isOver) done()
      else {
        asked = work.nextPath()
        client.create(asked, data, replied)
      }
    }
    const replied = (error: Error | null | undefined, path: string): void => {
      if (error) fail(error)
      else {
        work.wasCreated(asked, path)
        burst.ready(next)
      }
    }
    burst.ready(next)
  }

  #delete(work: ClientWork, { burst, done, fail }: Lane): void {
    const client = this.#client
    const next = (): void => {
      if (work.isOver) done()
      else {
        client.remove(work.nextPath(), replied)
      }
    }
    const replied = (error: Error | null | undefined): void => {
      if (error) fail(error)
      else {
        work.wasDeleted()
        burst.ready(next)
      }
    }
    burst.ready(next)
  }
}
