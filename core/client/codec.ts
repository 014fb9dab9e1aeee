// client: from values to the bytes of znodes and back: JSON with or without a schema, messages of protobufjs, text, or the application's own.

import { ZoariumError } from '../errors.ts'
import type { StandardSchema } from './standard-schema.ts'

/** Turns values into data and back. Both may throw or reject: the call then rejects with `ERR_VALIDATION` and that as its cause. */
export interface Codec<T> {
  encode(value: T): Uint8Array | string | null | Promise<Uint8Array | string | null>
  /** `null`: the znode has no data. The bytes belong to the callee. */
  decode(data: Buffer | null): T | Promise<T>
}

/**
 * JSON, checked by a schema (Standard Schema version 1: Zod, Valibot, ArkType and others) on the way in and on the way out. Without a schema
 * nothing is checked, and the type is the caller's promise.
 *
 * @example
 * ```ts
 * import { connect, jsonCodec } from 'zoarium'
 *
 * const client = await connect('127.0.0.1:2181')
 * const limits = client.typed(jsonCodec<{ perMinute: number }>())
 * await limits.create('/limits', { perMinute: 100 })
 * await limits.update('/limits', (now) => ({ perMinute: now.perMinute * 2 }))
 * ```
 */
export function jsonCodec<T = unknown>(schema?: StandardSchema<T, T>): Codec<T> {
  if (schema === undefined) return { encode: toJson, decode: (data) => parsed(data) as T }
  const standard: { version?: unknown; validate?: unknown } | undefined = schema['~standard']
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    throw new ZoariumError('ERR_CONFIG', 'jsonCodec: expected a Standard Schema object of version 1, got something else')
  }
  return {
    encode: async (value) => toJson(await checked(schema, value)),
    decode: (data) => checked(schema, parsed(data)),
  }
}

/** What {@link protobufCodec} needs of a message type: what protobufjs generates, by reflection or as static code. */
export interface ProtobufType<T> {
  encode(message: T): { finish(): Uint8Array }
  decode(bytes: Uint8Array): T
}

/**
 * Messages of a protobufjs type. A znode without data is the empty message.
 *
 * @example
 * ```ts
 * import { protobufCodec } from 'zoarium'
 * import protobuf from 'protobufjs'
 *
 * const { root } = protobuf.parse('syntax = "proto3"; message Lease { string owner = 1; uint32 count = 2; }')
 * const codec = protobufCodec(root.lookupType('Lease'))
 * console.log(codec.decode(null))
 * ```
 */
export function protobufCodec<T>(type: ProtobufType<T>): Codec<T> {
  return {
    encode: (value) => type.encode(value).finish(),
    decode: (data) => type.decode(data ?? Buffer.alloc(0)),
  }
}

/** Text in UTF-8; bytes that are none are refused. A znode without data is the empty text. */
export const textCodec: Codec<string> = Object.freeze({
  encode: (value: string) => value,
  decode: (data: Buffer | null) => (data === null ? '' : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)),
})

function toJson(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`expected a value that JSON can hold, got ${typeof value}`)
  return text
}

function parsed(data: Buffer | null): unknown {
  if (data === null) throw new TypeError('expected JSON, got no data')
  return JSON.parse(textCodec.decode(data) as string)
}

async function checked<T>(schema: StandardSchema<T, T>, value: unknown): Promise<T> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(({ message, path = [] }) => {
    const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    return keys.length === 0 ? message : `${keys.join('.')}: ${message}`
  })
  throw new TypeError(issues.join('; '))
}
