// tools: what ZooKeeper's ephemeralOwner means (EphemeralType, EphemeralTypeEmulate353).
//
//   0                       persistent
//   8000 0000 0000 0000     container
//   ff00 00tt tttt tttt     TTL node, t = milliseconds; the same bits can be a session of a server with id 255
//   8ttt tttt tttt tttt     TTL node of release 3.5.3, on request only (zookeeper.emulate353TTLNodes)
//   anything else           the session's id
//
// ZooKeeper decides between session and TTL node by a flag of the process that reads. Here the sessions decide: an owner that is the id of a
// session is one.

const CONTAINER = 0x8000_0000_0000_0000n
const TYPE_MASK = 0xffff_ff00_0000_0000n
const TTL_TYPE = 0xff00_0000_0000_0000n
const TTL_VALUE = 0x0000_00ff_ffff_ffffn
const SIGN = 0x8000_0000_0000_0000n

/** An owner that lives as long as its session. */
export type OwnerKind = 'none' | 'session' | 'container' | 'ttl'

/** The owner of a TTL node. */
export function ttlOwner(ttlMs: number): bigint {
  return TTL_TYPE | BigInt(ttlMs)
}

/** The owner of a container. */
export const CONTAINER_OWNER: bigint = CONTAINER

/** The TTL in an owner of kind `ttl`, in milliseconds. */
export function ttlMsOf(owner: bigint): number {
  return Number(owner & TTL_VALUE)
}

/** Tells owners apart. Owners and ids are unsigned 64-bit numbers. */
export class OwnerKinds {
  readonly #emulate353: boolean
  /** Ids of sessions that look like the owner of something else. */
  readonly #lookalikes = new Set<bigint>()

  constructor(emulate353: boolean) {
    this.#emulate353 = emulate353
  }

  /** To be told of every session, before its nodes. */
  sessionSeen(id: bigint): void {
    if (id >= SIGN) this.#lookalikes.add(id)
  }

  kindOf(owner: bigint): OwnerKind {
    if (owner === 0n) return 'none'
    if (owner < SIGN) return 'session'
    if (owner === CONTAINER) return 'container'
    if (this.#lookalikes.has(owner)) return 'session'
    if ((owner & TYPE_MASK) === TTL_TYPE) return 'ttl'
    return this.#emulate353 ? 'ttl' : 'session'
  }
}
