// examples: a file that checks fencing tokens: it refuses a write whose token is smaller than one it has already seen.

import { renameSync, writeFileSync } from 'node:fs'

/** What became of a write. */
export type FencedWrite = { readonly accepted: true } | { readonly accepted: false; readonly seen: bigint }

/** One file with one owner process. The largest token seen is kept in the file beside the text, so it survives a restart. */
export class FencedFile {
  readonly #path: string
  #seen = 0n

  constructor(path: string) {
    this.#path = path
  }

  /** Takes the text if nobody with a larger token was here before. */
  write(token: bigint, text: string): FencedWrite {
    if (token < this.#seen) return { accepted: false, seen: this.#seen }
    this.#seen = token
    writeFileSync(`${this.#path}.tmp`, JSON.stringify({ token: token.toString(), text }))
    renameSync(`${this.#path}.tmp`, this.#path)
    return { accepted: true }
  }
}
