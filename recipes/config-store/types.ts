// recipes: the public types of the configuration store. No code.

import type { Acl, CallOptions } from '../../core/index.ts'
import type { ConfigSchema } from './config-schema.ts'
import type { ConfigSnapshot } from './snapshot.ts'
import type { ConfigIssue } from './validation.ts'

/** Options of a {@link ConfigStore}. */
export interface ConfigStoreOptions<Value, Input = Value> {
  /** What a document must be: a Standard Schema object (Zod, Valibot, ArkType, ...) or a function that returns the value or throws. */
  readonly schema: ConfigSchema<Input, Value>
  /** The document where there is none. Must satisfy the schema. */
  readonly defaults?: NoInfer<Input>
  /** How often `update` and `set` begin anew when somebody else was faster, before they reject with `ERR_CONFLICT`; 1 to 1,000. Default 20. */
  readonly maxConflicts?: number
  /** Access control list of a znode that is created here. Default `OPEN_ACL`. */
  readonly acl?: readonly Acl[]
  /** Hears of errors that no call is waiting for, also those of listeners. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/** What {@link ConfigStore.start} does when there is no document. */
export type OnMissing = 'fail' | 'wait' | 'defaults' | 'create'

/** Options of {@link ConfigStore.start}. */
export interface ConfigStartOptions extends CallOptions {
  /**
   * When there is no document: `fail` rejects with `NO_NODE`; `wait` waits for a valid one; `defaults` begins with the defaults and takes a
   * document when there is one; `create` writes the defaults. When there is one that is not valid, `wait` and `defaults` do the same, the
   * others reject with `ERR_VALIDATION`. Default: `defaults` if there are any, else `fail`.
   */
  readonly onMissing?: OnMissing
}

/** Options of {@link ConfigStore.set}. */
export interface ConfigSetOptions extends CallOptions {
  /** Replace only this version of the document, else reject with `ERR_CONFLICT`. Default: whatever is there. */
  readonly version?: number
}

/** A document that was not taken. */
export interface ConfigRejection {
  readonly issues: readonly ConfigIssue[]
  readonly version: number
  readonly zxid: bigint
}

/** What a {@link ConfigStore} tells its listeners. */
export interface ConfigEvents<Value> {
  /** There is a new snapshot. */
  readonly changed: ConfigSnapshot<Value>
  /** The document changed to something that is not valid; the last good snapshot stays. */
  readonly rejected: ConfigRejection
  /** The znode was deleted; the last good snapshot stays. */
  readonly deleted: { readonly path: string }
}
