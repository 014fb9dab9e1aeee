// security: what our client's login with SASL comes to on a server; each check by its name, with what went wrong or `null`.

import { type Client, type ConnectOptions, connect, ZoariumError } from '../../../core/index.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'

const BOB = { user: 'bob', password: 'bobsecret' }
const WAIT_MS = 20_000

export const OWN_CHECKS = [
  'logs in',
  'owns what it made',
  'logs in again after a cut',
  'a wrong password is refused',
  'an unknown user is refused',
]

export async function checkOwnClient(hosts: string): Promise<Map<string, string | null>> {
  const results = new Map<string, string | null>()
  const check = async (name: string, work: () => Promise<string | null>): Promise<void> => {
    results.set(name, await work().catch((error: unknown) => String(error)))
  }
  const [host = '', port = ''] = hosts.split(':')
  await using proxy = await FaultProxy.start({ host, port: Number(port) })
  await check('logs in', () => as(hosts, BOB, async (bob) => (await isBob(bob)) ?? null))
  await check('owns what it made', () =>
    as(hosts, BOB, async (bob) => {
      await bob.create('/own-client', 'mine', { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
      const other = await as(hosts, null, (client) => client.getData('/own-client').then(() => 'anybody reads it', codeOf))
      await bob.delete('/own-client')
      return other === 'NO_AUTH' ? null : other
    }),
  )
  await check('logs in again after a cut', () =>
    as(proxy.address, BOB, async (bob) => {
      const { id } = bob.session
      proxy.cut()
      await bob.sync('/')
      return bob.session.id === id && proxy.accepted > 1 ? isBob(bob) : 'the session was not taken up again'
    }),
  )
  await check('a wrong password is refused', () => refused(hosts, { user: 'bob', password: 'wrong' }))
  // Not with the password of a known one: whoever is unknown to Apache ZooKeeper is let in with the password of who came before him.
  await check('an unknown user is refused', () => refused(hosts, { user: 'nobody', password: 'nobodysecret' }))
  return results
}

/** The one check of a server that demands a login. */
export function checkRequired(hosts: string): Promise<string | null> {
  return as(hosts, BOB, async (bob) => {
    await bob.getChildren('/')
    return null
  }).catch((error: unknown) => String(error))
}

async function as<T>(hosts: string, sasl: ConnectOptions['sasl'] | null, work: (client: Client) => Promise<T>): Promise<T> {
  await using client = await connect(hosts, { signal: AbortSignal.timeout(WAIT_MS), ...(sasl ? { sasl } : {}) })
  return await work(client)
}

/** ZooKeeper's whoAmI names the scheme of a login with SASL; older ones know no whoAmI. */
async function isBob(client: Client): Promise<string | null> {
  const ids = await client.whoAmI()
  return ids.some(({ scheme, user }) => scheme === 'sasl' && user === 'bob') ? null : JSON.stringify(ids)
}

async function refused(hosts: string, sasl: { user: string; password: string }): Promise<string | null> {
  const outcome = await as(hosts, sasl, async () => 'let in').catch(codeOf)
  return outcome === 'AUTH_FAILED' ? null : outcome
}

function codeOf(error: unknown): string {
  return ZoariumError.is(error) ? error.code : String(error)
}
