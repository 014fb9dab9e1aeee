// What the suite uses of node-zookeeper-client, which brings no types.

declare module 'node-zookeeper-client' {
  import type { EventEmitter } from 'node:events'

  namespace zookeeper {
    interface Stat {
      readonly czxid: Buffer
      readonly mzxid: Buffer
      readonly pzxid: Buffer
      readonly ephemeralOwner: Buffer
      readonly version: number
      readonly cversion: number
      readonly aversion: number
      readonly dataLength: number
      readonly numChildren: number
    }

    interface Event {
      readonly type: number
      readonly name: string
      readonly path: string
    }

    interface Acl {
      readonly permission: number
      readonly id: { readonly scheme: string; readonly id: string }
    }

    interface Exception extends Error {
      getCode(): number
    }

    interface OpResult {
      readonly type: number
      readonly err?: number
      readonly path?: string
      readonly stat?: Stat
    }

    type Callback<A extends readonly unknown[]> = (error: Exception | null, ...results: A) => void
    type Watcher = (event: Event) => void

    interface Transaction {
      create(path: string, data?: Buffer, acls?: readonly Acl[], mode?: number): Transaction
      check(path: string, version: number): Transaction
      setData(path: string, data: Buffer, version?: number): Transaction
      remove(path: string, version?: number): Transaction
      commit(callback: Callback<[results: readonly OpResult[]]>): void
    }

    interface Client extends EventEmitter {
      connect(): void
      close(): void
      getState(): { readonly name: string }
      getSessionId(): Buffer
      getSessionPassword(): Buffer
      getSessionTimeout(): number
      addAuthInfo(scheme: string, auth: Buffer): void
      create(path: string, data: Buffer | null, acls: readonly Acl[], mode: number, callback: Callback<[path: string]>): void
      remove(path: string, version: number, callback: Callback<[]>): void
      removeRecursive(path: string, version: number, callback: Callback<[]>): void
      exists(path: string, watcher: Watcher | null, callback: Callback<[stat: Stat | null]>): void
      getData(path: string, watcher: Watcher | null, callback: Callback<[data: Buffer | undefined, stat: Stat]>): void
      setData(path: string, data: Buffer, version: number, callback: Callback<[stat: Stat]>): void
      getChildren(path: string, watcher: Watcher | null, callback: Callback<[children: string[], stat: Stat]>): void
      getACL(path: string, callback: Callback<[acls: readonly Acl[], stat: Stat]>): void
      setACL(path: string, acls: readonly Acl[], version: number, callback: Callback<[stat: Stat]>): void
      listSubTreeBFS(path: string, callback: Callback<[paths: string[]]>): void
      mkdirp(path: string, callback: Callback<[path: string]>): void
      transaction(): Transaction
    }
  }

  interface NodeZooKeeper {
    createClient(hosts: string, options?: { sessionTimeout?: number; spinDelay?: number; retries?: number }): zookeeper.Client
    readonly ACL: {
      new (permission: number, id: { readonly scheme: string; readonly id: string }): zookeeper.Acl
      readonly OPEN_ACL_UNSAFE: readonly zookeeper.Acl[]
      readonly CREATOR_ALL_ACL: readonly zookeeper.Acl[]
      readonly READ_ACL_UNSAFE: readonly zookeeper.Acl[]
    }
    readonly CreateMode: Readonly<Record<'PERSISTENT' | 'PERSISTENT_SEQUENTIAL' | 'EPHEMERAL' | 'EPHEMERAL_SEQUENTIAL', number>>
  }

  const zookeeper: NodeZooKeeper
  export default zookeeper
  export type { zookeeper }
}
