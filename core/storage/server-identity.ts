// storage: `log/identity`: who this server is in an ensemble. It lies with the log, so that whoever removes the log removes what speaks for it. PURE.
//
//   [none] --first start in an ensemble--> [incarnation] --the ensemble is formed--> [incarnation, founders]
//
// The incarnation is made when the directory is formatted. A server that comes back without its data has another one, and can be told apart from the
// one that voted and acknowledged.

import { ZoariumError } from '../errors.ts'
import { zoarium } from '../peer/gen/messages.js'
import type { Disk, Done, Got } from './disk.ts'
import { LOG_FOLDER } from './log-format.ts'
import { readSmallFile, removeSmallFile, writeSmallFile } from './small-file.ts'

const NAME = 'identity'
const INCARNATION_BYTES = 16

/** A server that took part in forming an ensemble. */
export interface Founder {
  readonly serverId: number
  /** 16 bytes, hexadecimal. */
  readonly incarnation: string
}

export interface ServerIdentity extends Founder {
  /** By ascending id, this server among them; `null` as long as it belongs to no ensemble. */
  readonly founders: readonly Founder[] | null
}

/** The identity in the data directory, `null` if it has none. Fails with `ERR_STORAGE` if it cannot be understood. */
export function readServerIdentity(disk: Disk, done: Got<ServerIdentity | null>): void {
  disk.list(LOG_FOLDER, (listError, files) => {
    if (files === undefined) {
      done(listError)
      return
    }
    readSmallFile(disk, files, NAME, (error, bytes) => {
      if (bytes === undefined) done(error)
      else decoded(bytes, done)
    })
  })
}

export function writeServerIdentity(disk: Disk, identity: ServerIdentity, done: Done): void {
  writeSmallFile(disk, NAME, encodeServerIdentity(identity), done)
}

/** Removes it durably, if there is one: what this directory acknowledged and voted is not all there any more. */
export function removeServerIdentity(disk: Disk, done: Done): void {
  disk.list(LOG_FOLDER, (error, files) => {
    if (files === undefined) done(error)
    else if (files.some(({ name }) => name === NAME)) removeSmallFile(disk, NAME, done)
    else done(null)
  })
}

export function encodeServerIdentity({ serverId, incarnation, founders }: ServerIdentity): Buffer {
  const message = { ...encodable({ serverId, incarnation }), founders: (founders ?? []).map(encodable) }
  return Buffer.from(zoarium.ServerIdentity.encode(message).finish())
}

function encodable({ serverId, incarnation }: Founder): { serverId: number; incarnation: Buffer } {
  return { serverId, incarnation: Buffer.from(incarnation, 'hex') }
}

/** Throws `ERR_STORAGE`. */
export function decodeServerIdentity(bytes: Buffer): ServerIdentity {
  let read: zoarium.ServerIdentity
  try {
    read = zoarium.ServerIdentity.decode(bytes)
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', 'undecodable identity', { cause: error })
  }
  const founders = read.founders.map((founder) => founderOf(founder))
  if (founders.some(({ serverId }, i) => i > 0 && serverId <= (founders[i - 1]?.serverId ?? 0)))
    throw new ZoariumError('ERR_STORAGE', 'identity: the ids of the founders do not ascend')
  return { ...founderOf(read), founders: founders.length === 0 ? null : founders }
}

function founderOf({ serverId, incarnation }: { serverId?: number | null; incarnation?: Uint8Array | null }): Founder {
  const id = serverId ?? 0
  const bytes = incarnation ?? new Uint8Array()
  if (id < 1 || bytes.length !== INCARNATION_BYTES) {
    throw new ZoariumError('ERR_STORAGE', `identity: server ${id} with an incarnation of ${bytes.length} bytes`)
  }
  return { serverId: id, incarnation: Buffer.from(bytes).toString('hex') }
}

function decoded(bytes: Buffer | null, done: Got<ServerIdentity | null>): void {
  let identity: ServerIdentity | null
  try {
    identity = bytes === null ? null : decodeServerIdentity(bytes)
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
    return
  }
  done(null, identity)
}
