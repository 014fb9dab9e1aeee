// tree: the hash by which a node is found: HalfSipHash-1-3 over its path, under a secret key. PURE.
//
// A client chooses paths, and one who could choose paths that fall into one bucket could make every look-up walk through them all. So
// the hash has a key that nobody outside the process knows. It decides where rows wait, never what is answered or in which order.

/** 64 secret bits. */
export interface HashKey {
  readonly k0: number
  readonly k1: number
}

/** For tests and tools. */
export const NO_KEY: HashKey = { k0: 0, k1: 0 }

const FINAL_ROUNDS = 3

/** An int32 over the bytes from `start` to `end`. */
export function pathHash(key: HashKey, bytes: Uint8Array, start: number, end: number): number {
  let v0 = key.k0 | 0
  let v1 = key.k1 | 0
  let v2 = 0x6c796765 ^ v0
  let v3 = 0x74656462 ^ v1
  let at = start
  for (; at + 4 <= end; at += 4) {
    const m =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    v3 ^= m
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
  }
  // The last block: what is left, and the length. Then the same round without input.
  let m = (end - start) << 24
  for (let shift = 0; at < end; at++, shift += 8) m |= (bytes[at] as number) << shift
  for (let i = 0; i <= FINAL_ROUNDS; i++) {
    v3 ^= m
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
    m = 0
    if (i === 0) v2 ^= 0xff
  }
  return v1 ^ v3
}
