// tools: what is wrong with a file of ZooKeeper, with the file and the offset.

import { ZoariumError } from '../../errors.ts'

/** `ERR_STORAGE` for bytes that ZooKeeper did not write, or not like this. */
export function damaged(file: string, offset: number, problem: string): ZoariumError {
  return new ZoariumError('ERR_STORAGE', `${file} at offset ${offset}: ${problem}`)
}

/** `0x`-prefixed, as ZooKeeper's own tools print zxids. */
export function zxidText(zxid: number): string {
  return `0x${zxid.toString(16)}`
}
