// bench: the part of the package node-zookeeper-client that is measured; it comes without types.

declare module 'node-zookeeper-client' {
  type Failure = Error | null | undefined

  export interface Stat {
    readonly version: number
  }

  export interface NodeClient {
    connect(): void
    close(): void
    once(event: 'connected' | 'disconnected', listener: () => void): void
    getData(path: string, callback: (error: Failure, data: Buffer | undefined, stat: Stat) => void): void
    getData(path: string, watcher: () => void, callback: (error: Failure, data: Buffer | undefined, stat: Stat) => void): void
    setData(path: string, data: Buffer, callback: (error: Failure, stat: Stat) => void): void
    create(path: string, data: Buffer, callback: (error: Failure, path: string) => void): void
    remove(path: string, callback: (error: Failure) => void): void
  }

  export function createClient(connectionString: string): NodeClient
}
