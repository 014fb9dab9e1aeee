// server: the users of SASL DIGEST-MD5, from a file that nobody but its owner may read.
//
//   # comment                         Server {
//   alice:secret                        org.apache.zookeeper.server.auth.DigestLoginModule required
//   bob:with:colons                     user_alice="secret" user_super="other";
//                                     };
//   lines of our own            or    the section of ZooKeeper's JAAS file

import { readFile, stat } from 'node:fs/promises'
import { ZoariumError } from '../errors.ts'

const GROUP_AND_OTHERS = 0o077

/** Passwords by user. The file is read at the start and at each reload. */
export class SaslUsers {
  readonly #file: string
  #passwords: ReadonlyMap<string, string>

  private constructor(file: string, passwords: ReadonlyMap<string, string>) {
    this.#file = file
    this.#passwords = passwords
  }

  /** Rejects with `ERR_CONFIG` when the file cannot be read, may be read by others, or says something else than users. */
  static async open(file: string): Promise<SaslUsers> {
    return new SaslUsers(file, await readUsers(file))
  }

  password(user: string): string | undefined {
    return this.#passwords.get(user)
  }

  /** On failure the former users stay, and this rejects. */
  async reload(): Promise<void> {
    this.#passwords = await readUsers(this.#file)
  }
}

async function readUsers(file: string): Promise<Map<string, string>> {
  let text: string
  try {
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & GROUP_AND_OTHERS) !== 0) {
      throw new ZoariumError('ERR_CONFIG', `${file}: holds passwords, so nobody but its owner may read or write it: chmod 600 ${file}`)
    }
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (ZoariumError.is(cause)) throw cause
    throw new ZoariumError('ERR_CONFIG', `${file}: expected a readable file of users, got: ${String(cause)}`, { cause })
  }
  return parseSaslUsers(text, file)
}

/** Reads the text of such a file; `source` names it in messages, which never hold a password. */
export function parseSaslUsers(text: string, source: string): Map<string, string> {
  const users = /\bDigestLoginModule\b/.test(text) ? jaasUsers(text, source) : lineUsers(text, source)
  if (users.size === 0) throw new ZoariumError('ERR_CONFIG', `${source}: expected at least one user`)
  return users
}

function lineUsers(text: string, source: string): Map<string, string> {
  const users = new Map<string, string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const colon = line.indexOf(':')
    if (colon <= 0 || colon === line.length - 1) throw new ZoariumError('ERR_CONFIG', `${source}:${index + 1}: expected user:password`)
    add(users, line.slice(0, colon), line.slice(colon + 1), `${source}:${index + 1}`)
  }
  return users
}

/** The section `Server`: the other ones are for clients and for the ensemble. */
function jaasUsers(text: string, source: string): Map<string, string> {
  const users = new Map<string, string>()
  const section = /\bServer\s*\{([^}]*)\}/.exec(text)?.[1]
  if (section === undefined) throw new ZoariumError('ERR_CONFIG', `${source}: expected a section Server { ... } with DigestLoginModule`)
  for (const [, user = '', password = ''] of section.matchAll(/\buser_([^\s=]+)\s*=\s*"([^"]*)"/g)) add(users, user, password, source)
  return users
}

/** Java would take `@` and `/` for parts of a Kerberos name. */
function add(users: Map<string, string>, user: string, password: string, at: string): void {
  if (/[\s@/"\\]/.test(user)) throw new ZoariumError('ERR_CONFIG', `${at}: expected a user name without blanks, @, /, " and \\`)
  if (users.has(user)) throw new ZoariumError('ERR_CONFIG', `${at}: user ${user} stands twice`)
  users.set(user, password)
}
