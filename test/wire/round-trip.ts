// test/wire: writing, reading back and cutting short, for any record.

import { expect } from 'vitest'
import { ProtocolError } from '../../core/wire/protocol-error.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { StatFields } from '../../core/wire/records.ts'
import type { WireStat } from '../../core/wire/stat.ts'
import { Writer } from '../../core/wire/writer.ts'

/** The bytes that `write` produces. */
export function encoded(write: (w: Writer) => void): Buffer {
  const w = new Writer(16)
  write(w)
  return w.take()
}

/** Reads `bytes` from the middle of a larger buffer, and demands that exactly they are read. */
export function decoded<T>(bytes: Buffer, read: (r: Reader) => T): T {
  const around = Buffer.concat([Buffer.alloc(7, 0xaa), bytes, Buffer.alloc(64, 0xbb)])
  const r = new Reader(around, 7, 7 + bytes.length)
  const value = read(r)
  r.expectEnd('record')
  return value
}

/**
 * Cuts `bytes` at every length and demands a ProtocolError from each, unless `allowed` accepts what was read from that many bytes.
 */
export function expectTruncationRefused<T>(
  bytes: Buffer,
  read: (r: Reader) => T,
  allowed: (value: T, cut: number) => boolean = () => false,
): void {
  for (let cut = 0; cut < bytes.length; cut++) {
    let outcome: T | ProtocolError
    try {
      // The missing bytes lie behind the reader's end: reading over it would not go unnoticed as undefined.
      outcome = read(new Reader(bytes, 0, cut))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      outcome = error
    }
    if (outcome instanceof ProtocolError || allowed(outcome, cut)) continue
    expect.fail(`${cut} of ${bytes.length} bytes were accepted: ${bytes.toString('hex', 0, cut)}`)
  }
}

/** How a client must see the Stat that a server wrote. */
export function asWireStat(s: StatFields): WireStat {
  return {
    czxid: BigInt(s.czxid),
    mzxid: BigInt(s.mzxid),
    pzxid: BigInt(s.pzxid),
    ephemeralOwner: BigInt.asIntN(64, (BigInt(s.ownerHi) << 32n) | BigInt(s.ownerLo)),
    ctimeMs: s.ctime,
    mtimeMs: s.mtime,
    version: s.version,
    cversion: s.cversion,
    aversion: s.aversion,
    dataLength: s.dataLength,
    numChildren: s.numChildren,
  }
}
