// peer: proofs that an end knows the ensemble's secret.
//
//   dialler   HMAC-SHA256(secret, 'zoarium peer dialler 1'  . greeting . hello)
//   acceptor  HMAC-SHA256(secret, 'zoarium peer acceptor 1' . greeting . hello . welcome)       each head behind its length, u32
//
// The greeting holds the acceptor's nonce and the hello the dialler's, both fresh: nothing recorded fits again. The two labels differ: a proof cannot be
// sent back to whoever made it. The heads hold both identities and whom the dialler meant: a proof made for one server is worth nothing at another. And
// they hold both ranges of versions: nobody in between can have an older version chosen.

import { createHmac, timingSafeEqual } from 'node:crypto'

export type ProofOf = 'dialler' | 'acceptor'

export function makeProof(secret: Buffer, of: ProofOf, heads: readonly Buffer[]): Buffer {
  const hmac = createHmac('sha256', secret).update(`zoarium peer ${of} 1`)
  const length = Buffer.alloc(4)
  for (const head of heads) {
    length.writeUInt32BE(head.length)
    hmac.update(length).update(head)
  }
  return hmac.digest()
}

/** Takes the same time wherever the first wrong byte is. */
export function proofHolds(proof: Buffer, secret: Buffer, of: ProofOf, heads: readonly Buffer[]): boolean {
  const expected = makeProof(secret, of, heads)
  return proof.length === expected.length && timingSafeEqual(proof, expected)
}
