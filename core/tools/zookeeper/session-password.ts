// tools: the password that ZooKeeper gives a session: a function of the id alone (ZooKeeperServer.generatePasswd), so that clients of the old
// ensemble can go on with their sessions on ours.
//
//   java.util.Random   48 bits of state: s' = s * 0x5DEECE66D + 0xB mod 2^48, seeded with seed ^ 0x5DEECE66D; nextInt = upper 32 bits
//   nextBytes          four bytes from every nextInt, the lowest first

const SECRET = 0xb3415c00n
const MULTIPLIER = 0x5deece66dn
const INCREMENT = 0xbn
const MASK = (1n << 48n) - 1n
const PASSWORD_BYTES = 16

/** The password of the session with this id, given as two halves. */
export function sessionPassword(hi: number, lo: number): Buffer {
  const id = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)
  let state = (id ^ SECRET ^ MULTIPLIER) & MASK
  const password = Buffer.alloc(PASSWORD_BYTES)
  for (let at = 0; at < PASSWORD_BYTES; at += 4) {
    state = (state * MULTIPLIER + INCREMENT) & MASK
    password.writeUInt32LE(Number(state >> 16n), at)
  }
  return password
}
