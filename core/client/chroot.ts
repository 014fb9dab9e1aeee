// client: the part of the tree that a client sees as its root: put in front of every path that goes out, taken off every one that comes in.

/** A chroot. The empty prefix is the whole tree. */
export class Chroot {
  /** '' or a valid path without a slash at its end. */
  readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  /** The server's name of a client's path. Never throws: a path that is not valid stays not valid. */
  toServer(path: string): string {
    if (this.prefix === '') return path
    return path === '/' ? this.prefix : this.prefix + path
  }

  /** The client's name of a server's path, `null` for one outside. */
  toClient(path: string): string | null {
    const { prefix } = this
    if (prefix === '') return path
    if (!path.startsWith(prefix)) return null
    if (path.length === prefix.length) return '/'
    return path.charCodeAt(prefix.length) === 0x2f ? path.slice(prefix.length) : null
  }

  /** {@link toClient} for what the server says about a request of this client, which cannot lie outside unless the server errs. */
  strip(path: string): string {
    return this.toClient(path) ?? path
  }
}
