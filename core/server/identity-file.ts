// server: who this server is in an ensemble, kept with its log; made at its first start in one.

import { randomBytes } from 'node:crypto'
import { ZoariumError } from '../errors.ts'
import type { Disk } from '../storage/disk.ts'
import { type Founder, readServerIdentity, type ServerIdentity, writeServerIdentity } from '../storage/server-identity.ts'
import { foundingDigest } from './formation.ts'

const INCARNATION_BYTES = 16

export class IdentityFile {
  readonly #disk: Disk | null
  #identity: ServerIdentity
  #foundingDigest: Buffer

  private constructor(disk: Disk | null, identity: ServerIdentity) {
    this.#disk = disk
    this.#identity = identity
    this.#foundingDigest = digestOf(identity)
  }

  /**
   * Reads the identity, or makes one. `disk` null: a server in memory is another one at every start. Rejects with `ERR_CONFIG` if the directory belongs to
   * another server or to an ensemble of other servers than `ids`, and with `ERR_STORAGE`.
   */
  static async open(disk: Disk | null, serverId: number, ids: readonly number[]): Promise<IdentityFile> {
    const found = disk === null ? null : await readIdentity(disk)
    if (found !== null) {
      checkOwner(found, serverId, ids)
      return new IdentityFile(disk, found)
    }
    const made = { serverId, incarnation: randomBytes(INCARNATION_BYTES).toString('hex'), founders: null }
    const file = new IdentityFile(disk, made)
    await file.#write(made)
    return file
  }

  get self(): Founder {
    return this.#identity
  }

  /** `null` as long as the server belongs to no ensemble. */
  get founders(): readonly Founder[] | null {
    return this.#identity.founders
  }

  /** Of the founders; empty as long as there are none. */
  get foundingDigest(): Buffer {
    return this.#foundingDigest
  }

  /** Resolves when it is durable. */
  async formed(founders: readonly Founder[]): Promise<void> {
    await this.#write({ ...this.#identity, founders })
  }

  async #write(identity: ServerIdentity): Promise<void> {
    const disk = this.#disk
    if (disk !== null) {
      await new Promise<void>((resolve, reject) => {
        writeServerIdentity(disk, identity, (error) => (error === null ? resolve() : reject(error)))
      })
    }
    this.#identity = identity
    this.#foundingDigest = digestOf(identity)
  }
}

function digestOf({ founders }: ServerIdentity): Buffer {
  return founders === null ? Buffer.alloc(0) : foundingDigest(founders)
}

/** A server that is started alone on a directory of an ensemble would go its own way with it. */
export async function refuseMemberData(disk: Disk): Promise<void> {
  const identity = await readIdentity(disk)
  if (identity === null || identity.founders === null || identity.founders.length === 1) return
  const ids = identity.founders.map(({ serverId }) => serverId).join(', ')
  throw new ZoariumError(
    'ERR_CONFIG',
    `the data directory is that of server ${identity.serverId} of an ensemble of servers ${ids}: expected its server.N settings, got none`,
  )
}

/** `null` for a directory that was never one of an ensemble. */
export function readIdentity(disk: Disk): Promise<ServerIdentity | null> {
  return new Promise((resolve, reject) => {
    readServerIdentity(disk, (error, identity) => {
      if (identity === undefined) reject(error ?? new Error('nothing was read'))
      else resolve(identity)
    })
  })
}

function checkOwner(found: ServerIdentity, serverId: number, ids: readonly number[]): void {
  if (found.serverId !== serverId) {
    throw new ZoariumError('ERR_CONFIG', `the data directory is that of server ${found.serverId}, this is server ${serverId}`)
  }
  const founders = found.founders?.map((founder) => founder.serverId)
  if (founders === undefined || founders.join() === [...ids].sort((a, b) => a - b).join()) return
  throw new ZoariumError(
    'ERR_CONFIG',
    `the data directory belongs to an ensemble of servers ${founders.join(', ')}, but the settings name servers ${[...ids].join(', ')}: the servers of an ensemble cannot be changed in the file`,
  )
}
