// A client certificate as the identity, against Apache ZooKeeper, which makes an x509 identity of it. (This package's server speaks no TLS to
// clients; a TLS front before it is tried in test/client/tls.test.ts.)

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../../core/index.ts'
import { Fixture, rejection, until } from '../../client/support.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../client/test-certificate.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import { type ApacheProcess, startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'

const fixture = new Fixture()
const tls = { ca: TEST_CERTIFICATE, cert: TEST_CERTIFICATE, key: TEST_KEY }
let home = ''
let securePort = 0
let server: ApacheProcess

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'zookeeper-x509-'))
  const [identity, trust] = [join(home, 'identity.pem'), join(home, 'trust.pem')]
  await Promise.all([writeFile(identity, TEST_KEY + TEST_CERTIFICATE), writeFile(trust, TEST_CERTIFICATE)])
  securePort = await reservedPort()
  server = await startApacheZooKeeperIn(home, {
    port: await reservedPort(),
    lines: [`secureClientPort=${securePort}`, 'secureClientPortAddress=127.0.0.1'],
    jars: ['/usr/share/java/netty-codec.jar'],
    properties: [
      'zookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory',
      'zookeeper.authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider',
      `zookeeper.ssl.keyStore.location=${identity}`,
      `zookeeper.ssl.trustStore.location=${trust}`,
      'zookeeper.ssl.clientAuth=need',
    ],
  })
})

afterAll(async () => {
  await server.kill()
  await rm(home, { recursive: true })
})

it('is proved by the handshake of TLS, on every connection', async () => {
  const client = await fixture.client(`zks://localhost:${securePort}`, { tls })
  expect(await client.whoAmI()).toContainEqual({ scheme: 'x509', user: 'CN=localhost' })
  await client.create('/mine', 'secret', { acl: [{ perms: 31, id: { scheme: 'x509', id: 'CN=localhost' } }] })
  expect(client.updateServers(`127.0.0.1:${securePort}`)).toBe(true)
  expect(String((await client.getData('/mine')).data)).toBe('secret')
  await client.delete('/mine')
})

it('is demanded: without one there is no session', async () => {
  const causes: unknown[] = []
  const controller = new AbortController()
  const logger = { debug() {}, info() {}, warn: (fields: object) => void causes.push(fields), error() {} }
  const options = { tls: { ca: TEST_CERTIFICATE }, logger, signal: controller.signal }
  const connecting = rejection(connect(`localhost:${securePort}`, options))
  await until('an attempt', () => causes.length > 0)
  controller.abort(new Error('enough'))
  expect(await connecting).toEqual(new Error('enough'))
})
