// client: znodes as values: a client's reads and writes with a codec between them and the bytes.

import { ZoariumError } from '../errors.ts'
import type { Codec } from './codec.ts'
import type { CallOptions, CreateOptions, ReadOptions, Stat, VersionOptions, ZnodeData } from './types.ts'

/** What it takes of a client. */
export interface TypedTarget {
  create(path: string, data: ZnodeData, options: CreateOptions): Promise<{ path: string; stat: Stat }>
  getData(path: string, options: ReadOptions): Promise<{ data: Buffer | null; stat: Stat }>
  setData(path: string, data: ZnodeData, options: VersionOptions): Promise<Stat>
  compareAndSet(path: string, data: ZnodeData, version: number, options: CallOptions): Promise<Stat>
}

/** A value and the Stat of the znode that holds it. */
export interface TypedValue<T> {
  readonly value: T
  readonly stat: Stat
}

/**
 * A client's znodes as values of one type. Get one from {@link Client.typed}.
 *
 * Beside the errors of the client's methods, all reject with `ERR_VALIDATION` for a value that the codec refuses: nothing is sent then.
 */
export class TypedNodes<T> {
  readonly #target: TypedTarget
  readonly #codec: Codec<T>

  /** @internal Use {@link Client.typed}. */
  constructor(target: TypedTarget, codec: Codec<T>) {
    this.#target = target
    this.#codec = codec
  }

  /** Creates a znode with the value, as {@link Client.create}. */
  async create(path: string, value: T, options: CreateOptions = {}): Promise<{ path: string; stat: Stat }> {
    return this.#target.create(path, await this.#encode(path, value), options)
  }

  /** The value, as {@link Client.getData}. */
  async get(path: string, options: ReadOptions = {}): Promise<TypedValue<T>> {
    const { data, stat } = await this.#target.getData(path, options)
    return { value: await this.#decode(path, data), stat }
  }

  /** Replaces the value, as {@link Client.setData}. */
  async set(path: string, value: T, options: VersionOptions = {}): Promise<Stat> {
    return this.#target.setData(path, await this.#encode(path, value), options)
  }

  /**
   * Replaces the value by what `change` makes of it, and does so again as long as others are faster. A lost reply is resolved as by
   * {@link Client.compareAndSet}.
   */
  async update(path: string, change: (value: T) => T | Promise<T>, options: CallOptions = {}): Promise<TypedValue<T>> {
    for (;;) {
      const { value, stat } = await this.get(path, options)
      const next = await change(value)
      try {
        return { value: next, stat: await this.#target.compareAndSet(path, await this.#encode(path, next), stat.version, options) }
      } catch (error) {
        if (!ZoariumError.is(error, 'BAD_VERSION')) throw error
        options.signal?.throwIfAborted()
      }
    }
  }

  async #encode(path: string, value: T): Promise<Uint8Array | string | null> {
    try {
      return await this.#codec.encode(value)
    } catch (cause) {
      throw new ZoariumError('ERR_VALIDATION', `encoding ${path} (${textOf(cause)})`, { path, cause })
    }
  }

  async #decode(path: string, data: Buffer | null): Promise<T> {
    try {
      return await this.#codec.decode(data)
    } catch (cause) {
      throw new ZoariumError('ERR_VALIDATION', `decoding ${path} (${textOf(cause)})`, { path, cause })
    }
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
