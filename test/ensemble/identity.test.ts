// Servers of an ensemble as processes that prove themselves with certificates, and one that comes back without its data.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from 'zoarium'
import { TEST_CERTIFICATE, TEST_KEY } from '../client/test-certificate.ts'
import { EnsembleProcesses } from './ensemble-processes.ts'

async function until<T>(find: () => T | undefined): Promise<T> {
  for (let found = find(); ; found = find()) {
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('TLS between servers: the ensemble outlives each of them; one that lost its data is refused, and says why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-identity-'))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const certFile = file('cert.pem', TEST_CERTIFICATE)
  const security = { certFile, keyFile: file('key.pem', TEST_KEY), caFile: certFile }
  {
    await using ensemble = await EnsembleProcesses.start(3, folder, { ensemble: { servers: [], security }, metricsPort: 0 })
    const client = await connect(ensemble.addressOf(1))
    await client.create('/a', '1')
    for (const id of [2, 3]) {
      await ensemble.kill(id)
      await client.setData('/a', `without ${id}`)
      await ensemble.start(id)
    }
    const third = await connect(ensemble.addressOf(3))
    await third.sync('/')
    expect((await third.getData('/a')).data?.toString()).toBe('without 3')
    await third.close()
    expect(ensemble.log(3)).toContain('"security":"tls"')

    await ensemble.kill(3)
    rmSync(join(folder, '3'), { recursive: true })
    ensemble.clearLog(3)
    const never = ensemble.start(3).catch((error: unknown) => String(error))
    await until(() => /no ensemble can be formed/.exec(ensemble.log(3)) ?? undefined)
    const [, url] = await until(() => /"message":"metrics listening","url":"([^"]+)"/.exec(ensemble.log(3)) ?? undefined)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.text()).toMatch(
      /serving failed: the server belongs to no ensemble: server \d refuses this server, whose data was lost or replaced/,
    )
    expect((await fetch(`${url}/metrics`)).status).toBe(503)
    // It votes for nobody: the other two need each other.
    await client.setData('/a', 'still served')
    await ensemble.kill(3)
    expect(await never).toMatch(/server 3 ended before it served/)
    await client.close()
  }
  rmSync(folder, { recursive: true })
}, 60_000)
