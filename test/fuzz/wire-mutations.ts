// test/fuzz: ways to spoil a frame. Each takes bytes and gives new ones; the original is never touched.

import type { Random } from '../../core/support/random.ts'

export type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer

/** What length fields lie about: nothing, null, one off, huge, negative, around the usual frame limit. */
const LIES: readonly number[] = [-1, -2, 0, 1, 2, 127, 128, 255, 256, 65_535, 0xf_ffff, 0x10_0000, 0x7fff_ffff, -0x8000_0000, 0x4000_0000]

export const MUTATIONS: readonly Mutation[] = [flipBits, truncate, insert, remove, repeat, lieAboutLength, splice, overwrite]

/** An int that a length field might claim instead of `truth`. */
export function lie(truth: number, random: Random): number {
  const pick = random.below(LIES.length + 3)
  if (pick === LIES.length) return truth + 1
  if (pick === LIES.length + 1) return truth - 1
  return LIES[pick] ?? random.below(2 ** 32) | 0
}

function flipBits(bytes: Buffer, random: Random): Buffer {
  const out = Buffer.from(bytes)
  if (out.length === 0) return out
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(out.length)
    out[at] = (out[at] ?? 0) ^ (1 << random.below(8))
  }
  return out
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return Buffer.from(bytes.subarray(0, random.below(bytes.length + 1)))
}

function insert(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const added = Buffer.alloc(1 + random.below(16))
  for (let i = 0; i < added.length; i++) added[i] = random.below(256)
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)])
}

function remove(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16))])
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length + 1)
  const to = from + random.below(Math.min(64, bytes.length - from) + 1)
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
}

/** Puts a lie where a length field may be: at any offset, mostly where the bytes look like a small int. */
function lieAboutLength(bytes: Buffer, random: Random): Buffer {
  const out = Buffer.from(bytes)
  if (out.length < 4) return out
  let at = random.below(out.length - 3)
  for (let tries = 0; tries < 8 && out.readUInt32BE(at) > 64; tries++) at = random.below(out.length - 3)
  out.writeInt32BE(lie(out.readInt32BE(at), random) | 0, at)
  return out
}

function splice(bytes: Buffer, random: Random, other: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))])
}

function overwrite(bytes: Buffer, random: Random): Buffer {
  const out = Buffer.from(bytes)
  const from = random.below(out.length + 1)
  out.fill(random.below(2) === 0 ? 0xff : random.below(256), from, Math.min(out.length, from + 1 + random.below(12)))
  return out
}
