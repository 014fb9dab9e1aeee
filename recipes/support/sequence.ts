// recipes: the number that the server appends to the name of a sequential znode, and its order.

// The server prints the parent's creation counter with "%010d" (ZooKeeper: PrepRequestProcessor). The counter is a signed 32-bit number:
//
//   0000000000 ... 2147483647   -2147483648 ... -000000001   0000000000
//              ^ about 2 thousand million creations later     ^ and again
//
// Text order is wrong at both seams, and so is number order. What is in a queue at one time spans far less than 2^31 creations, so the
// order around the circle is the right one (RFC 1982).

const PRINTED = /^(?:\d{10}|-\d{9,10})$/
const INT32_MAX = 2_147_483_647
const INT32_MIN = -2_147_483_648

/**
 * The number that `suffix` prints, `null` if it is none. The suffix is what follows the name that was asked for: in a whole name a dash
 * before the digits could be a separator or a sign.
 */
export function parseSequence(suffix: string): number | null {
  if (!PRINTED.test(suffix)) return null
  const sequence = Number(suffix)
  return sequence >= INT32_MIN && sequence <= INT32_MAX ? sequence : null
}

/** Negative when `a` was given out before `b`, positive when after, 0 when equal. */
export function compareSequences(a: number, b: number): number {
  return (a - b) | 0
}

/** `sequence` as the server prints it. */
export function printSequence(sequence: number): string {
  return sequence < 0 ? `-${String(-sequence).padStart(9, '0')}` : String(sequence).padStart(10, '0')
}
