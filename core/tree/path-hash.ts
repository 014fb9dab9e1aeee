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

/** An int32 over that many words of 32 bits, of which the last one carries the length in its upper byte. */
export function pathHash(key: HashKey, bytes: DataView, words: number): number {
  let v0 = key.k0 | 0
  let v1 = key.k1 | 0
  let v2 = 0x6c796765 ^ v0
  let v3 = 0x74656462 ^ v1
  for (let i = 0; i < words + FINAL_ROUNDS; i++) {
    const m = i < words ? bytes.getInt32(4 * i, true) : 0
    if (i === words) v2 ^= 0xff
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
  return v1 ^ v3
}
