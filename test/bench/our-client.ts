// bench: this package's client, driven.

import { type Client, connect } from '../../core/index.ts'
import type { ClientWorkKind } from './client-job.ts'
import type { ClientWork } from './client-work.ts'
import type { DrivenClient } from './driven-client.ts'

export class OurClient implements DrivenClient {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async open(address: string): Promise<OurClient> {
    return new OurClient(await connect(address))
  }

  async version(path: string): Promise<number> {
    return (await this.#client.getData(path)).stat.version
  }

  async run(kind: ClientWorkKind | 'delete', work: ClientWork, lanes: number): Promise<void> {
    await Promise.all(Array.from({ length: lanes }, (_, lane) => this.#lane(kind, work, lane)))
  }

  async watch(path: string, fired: () => void): Promise<void> {
    await this.#client.getData(path, { watch: fired })
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #lane(kind: ClientWorkKind | 'delete', work: ClientWork, lane: number): Promise<void> {
    switch (kind) {
      case 'read':
        return this.#read(work)
      case 'write':
        return this.#write(work, lane)
      case 'create':
        return this.#create(work)
      case 'delete':
        return this.#delete(work)
    }
  }

  async #read(work: ClientWork): Promise<void> {
    while (!work.isOver) {
      const node = work.nextNode()
      const { data, stat } = await this.#client.getData(node.path)
      work.wasRead(node, data, stat.version)
    }
  }

  async #write(work: ClientWork, lane: number): Promise<void> {
    const node = work.ownNode(lane)
    while (!work.isOver) {
      work.beginWrite()
      const stat = await this.#client.setData(node.path, node.data)
      work.wasWritten(node, stat.version)
    }
  }

  async #create(work: ClientWork): Promise<void> {
    const data = work.ownNode(0).data
    while (!work.isOver) {
      const asked = work.nextPath()
      const { path } = await this.#client.create(asked, data)
      work.wasCreated(asked, path)
    }
  }

  async #delete(work: ClientWork): Promise<void> {
    while (!work.isOver) {
      await this.#client.delete(work.nextPath())
      work.wasDeleted()
    }
  }
}
