// client: the one way in: from a connection string to a client with a session.

import { Chroot } from './chroot.ts'
import { Client } from './client.ts'
import { parseConnectionString } from './connection-string.ts'
import { resolveConnectOptions } from './options.ts'
import { SessionKeeper } from './session-keeper.ts'
import type { ConnectOptions } from './types.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * Opens a session with one of the servers and resolves with a client for it, once the identities of `auth` are proved, too. Tries all
 * servers, with a growing delay, until one answers or `signal` aborts.
 *
 * @param servers `host:port,host:port/chroot` as ZooKeeper writes it, a list of `host:port`, or a URL: `zk://user:password@host,host/chroot`
 * (a digest identity), `zks://…` for TLS. Port 2181 may be left out, IPv6 addresses stand in brackets, `unix:/path` is a socket. All paths of
 * the client are below the chroot. Names are resolved at each attempt.
 *
 * Rejects with `ERR_CONFIG` (a setting is not valid: the text says what was expected), `AUTH_FAILED`, or the reason of `signal`.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 *
 * const client = await connect('10.0.0.1:2181,10.0.0.2:2181,10.0.0.3:2181/my-app', {
 *   sessionTimeoutMs: 10_000,
 *   signal: AbortSignal.timeout(30_000),
 * })
 * client.on('status', (status) => console.log(status.type))
 * await client.ensurePath('/config')
 * await client.close()
 * ```
 */
export async function connect(servers: string | readonly string[], options: ConnectOptions = {}): Promise<Client> {
  const target = parseConnectionString(servers)
  const resolved = resolveConnectOptions(options, target)
  options.signal?.throwIfAborted()
  const keeper = new SessionKeeper(target.servers, new Chroot(target.chroot), resolved)
  keeper.start()
  try {
    await untilAborted(Promise.all([keeper.ready, ...keeper.auths.map((entry) => entry.proved)]), options.signal)
  } catch (error) {
    await keeper.close()
    throw error
  }
  return new Client(keeper)
}
