// support: 64-bit integers without BigInt on hot paths.
//
// A zxid is held as a JavaScript number: term * 2^32 + counter, exact while the term stays below 2^21 (asserted where one is made).
// A session id uses all 64 bits, so it is held as two uint32 halves (hi, lo). Public APIs show both as bigint.

const TWO_32 = 2 ** 32

/** The largest term whose zxids a number holds exactly. */
export const MAX_TERM: number = 2 ** 21 - 1

/** Joins two uint32 halves into a number; inexact beyond 2^53, which a comparison with a valid zxid survives. */
export function joinInt64(hi: number, lo: number): number {
  return (hi | 0) * TWO_32 + (lo >>> 0)
}

/** The upper uint32 of a safe integer, in two's complement. */
export function highHalf(value: number): number {
  return Math.floor(value / TWO_32) >>> 0
}

/** The lower uint32 of a safe integer, in two's complement. */
export function lowHalf(value: number): number {
  return value >>> 0
}

/** A signed 64-bit bigint from two uint32 halves. */
export function int64ToBigInt(hi: number, lo: number): bigint {
  return (BigInt(hi | 0) << 32n) | BigInt(lo >>> 0)
}

/** The two uint32 halves of a signed 64-bit bigint. */
export function bigIntToInt64(value: bigint): { readonly hi: number; readonly lo: number } {
  const bits = BigInt.asUintN(64, value)
  return { hi: Number(bits >> 32n), lo: Number(bits & 0xffffffffn) }
}

/** `0x`-less lower-case hexadecimal of a 64-bit value given as halves, as ZooKeeper prints ids. */
export function int64ToHex(hi: number, lo: number): string {
  const high = hi >>> 0
  const low = lo >>> 0
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0')
}
