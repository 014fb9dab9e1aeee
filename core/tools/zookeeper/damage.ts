// tools: what is wrong with a file of ZooKeeper, with the file and the offset.

/** Bytes that ZooKeeper did not write, or not like this. Whoever imports turns it into `ERR_STORAGE`. */
export class FileDamage extends Error {
  override readonly name = 'FileDamage'
}

/** What is wrong in `file` at `offset`. */
export function damaged(file: string, offset: number, problem: string): FileDamage {
  return new FileDamage(`${file} at offset ${offset}: ${problem}`)
}

/** `0x`-prefixed, as ZooKeeper's own tools print zxids. */
export function zxidText(zxid: number): string {
  return `0x${zxid.toString(16)}`
}
