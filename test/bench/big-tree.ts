// bench: the tree of a million znodes: its names, what they hold, and its directories.
//
//   /million/group-<8 hex>                    the directories, without data
//   /million/group-<8 hex>/service-<8 hex>    100 bytes: the eight hex digits of its number, then filler

import { BareSession } from './bare-session.ts'
import type { RequestSpec } from './request-ring.ts'
import { COUNTER_DIGITS } from './request-ring.ts'
import { DATA_BYTES, put } from './workload.ts'

const ROOT = '/million'
const DIRECTORY_PREFIX = `${ROOT}/group-`
const NAME_PREFIX = '/service-'
const PUTS_AT_ONCE = 100
/** Znodes of a directory in the usual shape. */
export const PER_DIRECTORY = 1000

export interface TreeShape {
  readonly znodes: number
  readonly perDirectory: number
}

function digits(number: number): string {
  return number.toString(16).padStart(COUNTER_DIGITS, '0')
}

export function directoryPath(directory: number): string {
  return DIRECTORY_PREFIX + digits(directory)
}

export function znodePath(number: number, { perDirectory }: TreeShape): string {
  return directoryPath(Math.floor(number / perDirectory)) + NAME_PREFIX + digits(number)
}

export function znodeData(number: number): Buffer {
  const data = Buffer.alloc(DATA_BYTES, 'a znode of a large tree ')
  data.write(digits(number), 'latin1')
  return data
}

/** The request that makes one znode after the other. */
export function fillRequest({ perDirectory }: TreeShape): RequestSpec & { kind: 'fill' } {
  return { kind: 'fill', directoryPrefix: DIRECTORY_PREFIX, namePrefix: NAME_PREFIX, perDirectory, data: znodeData(0) }
}

/** The first znode of a connection; its last one comes before the first of the next connection. */
export function firstZnodeOf(connection: number, connections: number, znodes: number): number {
  return Math.floor((connection * znodes) / connections)
}

export async function makeDirectories(port: number, shape: TreeShape): Promise<void> {
  const session = await BareSession.open({ port })
  try {
    await put(session, ROOT, Buffer.alloc(0))
    const directories = Math.ceil(shape.znodes / shape.perDirectory)
    for (let first = 0; first < directories; first += PUTS_AT_ONCE) {
      const count = Math.min(PUTS_AT_ONCE, directories - first)
      await Promise.all(Array.from({ length: count }, (_, i) => put(session, directoryPath(first + i), Buffer.alloc(0))))
    }
  } finally {
    await session.close()
  }
}
