// TLS, x509, SASL DIGEST-MD5 and required logins with kazoo, SASL with ZooKeeper's own Java client and with ours. Of SASL Apache ZooKeeper judges the script,
// and our client, first.

import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reservedPort } from '../../support/reserved-ports.ts'
import { startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { exited } from '../support/child-process.ts'
import { PYTHON, ZOOKEEPER_JAR } from '../support/requirements.ts'
import { startZoariumOn } from '../support/zoarium-server.ts'
import { checkOwnClient, checkRequired, OWN_CHECKS } from './own-client.ts'

const SCRIPT = fileURLToPath(new URL('./secure.py', import.meta.url))
const FILES = fileURLToPath(new URL('../../server/fixtures/tls/', import.meta.url))
const SUBJECT = 'CN=client one,O=Acme\\, Inc.,C=DE'
const JAAS = `Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_bob="bobsecret" user_ann="annsecret"; };
Client { org.apache.zookeeper.server.auth.DigestLoginModule required username="bob" password="bobsecret"; };
`
const SASL_PROVIDER = 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider'

const TLS_CHECKS = ['requests and replies', 'the certificate is an identity', 'auth in a list stands for it', 'a certificate is demanded']
const SASL_CHECKS = ['logs in', 'others are refused', 'a wrong password', 'an unknown user', 'auth in a list stands for the user']
const REQUIRED_CHECKS = ['refused without a login', 'served with one']

interface Started {
  readonly hosts: string
  stop(): Promise<void>
}

/** How to start one: with the secure port, and with SASL. */
interface Kind {
  readonly name: string
  readonly tls: ((home: string, securePort: number) => Promise<Started>) | null
  sasl(home: string, required: boolean): Promise<Started>
}

const APACHE: Kind = {
  name: 'the scenario is right about Apache ZooKeeper',
  // Debian's package lacks what its Netty needs.
  tls: null,
  async sasl(home, required) {
    const { hosts, kill } = await startApacheZooKeeperIn(home, {
      port: await reservedPort(),
      properties: [`java.security.auth.login.config=${await jaasFile(home)}`],
      lines: [`authProvider.sasl=${SASL_PROVIDER}`, ...(required ? ['sessionRequireClientSASLAuth=true'] : [])],
    })
    return { hosts, stop: kill }
  },
}

const ZOARIUM: Kind = {
  name: 'zoarium',
  tls: (home, securePort) =>
    startZoariumOn(home, 0, {
      ZOARIUM_SECURE_PORT: String(securePort),
      ZOARIUM_TLS_CERT_FILE: join(FILES, 'server-both.pem'),
      ZOARIUM_TLS_CA_FILE: join(FILES, 'authority.pem'),
    }),
  sasl: async (home, required) =>
    startZoariumOn(join(home, 'data'), 0, {
      ZOARIUM_SASL_USERS_FILE: await jaasFile(home),
      ...(required ? { ZOARIUM_REQUIRE_AUTH_SCHEMES: 'sasl' } : {}),
    }),
}

async function jaasFile(home: string): Promise<string> {
  const file = join(home, 'jaas.conf')
  await writeFile(file, JAAS)
  await chmod(file, 0o600)
  return file
}

async function output(command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stdin.end(input)
  const code = await exited(child)
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${out}${log}`)
  return out
}

async function runScript(...args: readonly string[]): Promise<Map<string, string | null>> {
  const lines = (await output(PYTHON, [SCRIPT, ...args])).trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line) as { name: string; error: string | null }).map(({ name, error }) => [name, error]))
}

describe.each([APACHE, ZOARIUM].map((kind) => [kind.name, kind] as const))('security: %s', (_, kind) => {
  const results = new Map<string, Map<string, string | null>>()
  let java = ''
  let ownRequired: string | null = 'it did not run'

  beforeAll(async () => {
    const home = await mkdtemp(join(tmpdir(), 'zoarium-security-'))
    try {
      if (kind.tls !== null) {
        const securePort = await reservedPort()
        const tls = await kind.tls(join(home, 'tls'), securePort)
        const files = ['authority.pem', 'client.pem', 'client.key'].map((name) => join(FILES, name))
        results.set('tls', await runScript('tls', tls.hosts, `127.0.0.1:${securePort}`, ...files, SUBJECT).finally(() => tls.stop()))
      }
      const sasl = await kind.sasl(home, false)
      try {
        results.set('sasl', await runScript('sasl', sasl.hosts))
        results.set('own', await checkOwnClient(sasl.hosts))
        const classes = ['-cp', ZOOKEEPER_JAR, `-Djava.security.auth.login.config=${join(home, 'jaas.conf')}`]
        java = await output('java', [...classes, 'org.apache.zookeeper.ZooKeeperMain', '-server', sasl.hosts, 'get', '/bobs'])
      } finally {
        await sasl.stop()
      }
      const required = await kind.sasl(home, true)
      try {
        results.set('required', await runScript('required', required.hosts))
        ownRequired = await checkRequired(required.hosts)
      } finally {
        await required.stop()
      }
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  })

  afterAll(() => results.clear())

  test.each([
    ...(kind.tls === null ? [] : TLS_CHECKS.map((name) => ['tls', name] as const)),
    ...SASL_CHECKS.map((name) => ['sasl', name] as const),
    ...REQUIRED_CHECKS.map((name) => ['required', name] as const),
  ])('kazoo with %s: %s', (scenario, name) => {
    expect(results.get(scenario)?.get(name)).toBeNull()
  })

  test.each(OWN_CHECKS)('our client with SASL: %s', (name) => {
    expect(results.get('own')?.get(name)).toBeNull()
  })

  test('our client is served where a login is demanded', () => {
    expect(ownRequired).toBeNull()
  })

  test('zkCli logs in with SASL', () => {
    expect(java).toContain('secret')
  })
})
