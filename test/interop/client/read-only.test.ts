// Read-only mode against what it is made for: two of three servers of Apache ZooKeeper are gone.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { code, Fixture, reaches, recordStatuses } from '../../client/support.ts'
import { type ApacheEnsemble, apacheEnsemble } from '../support/apache-ensemble.ts'

const fixture = new Fixture()
let ensemble: ApacheEnsemble

beforeAll(async () => {
  ensemble = await apacheEnsemble(3)
  await ensemble.start(0, 1, 2)
})
afterAll(() => ensemble.stop())

it('reads from the server that is left, writes nothing, and moves to the ensemble when there is one again', async () => {
  const { hosts } = ensemble
  const writer = await fixture.client(hosts)
  await writer.create('/a', 'kept')
  const survivor = await fixture.client(hosts[0] as string)
  await survivor.sync('/a')
  await Promise.all([survivor.close(), writer.close()])
  await Promise.all([ensemble.kill(1), ensemble.kill(2)])

  const client = await fixture.client(hosts, { canBeReadOnly: true, signal: AbortSignal.timeout(30_000) })
  const statuses = recordStatuses(client)
  expect(client.status).toMatchObject({ type: 'readOnly', server: hosts[0] })
  expect(String((await client.getData('/a')).data)).toBe('kept')
  expect(await Promise.all([code(client.setData('/a', 'x')), code(client.sync('/a'))])).toEqual(['NOT_READ_ONLY', 'NOT_READ_ONLY'])
  expect(client.session.signal.aborted).toBe(true)
  const changed = client.nextEvent('/a', 'data')
  await client.exists('/a')

  const connected = reaches(client, 'connected')
  await ensemble.start(1)
  await connected
  await client.setData('/a', 'written')
  expect((await changed).type).toBe('changed')
  expect(client.session.signal.aborted).toBe(false)
  expect(statuses.at(-1)).toBe('connected')
})
