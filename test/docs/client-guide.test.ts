// Every block of the client guide is run, each as a program of its own, with the built package, against a server that holds what the block
// speaks of. Addresses become the server's, nothing else is changed. A program ends by itself, or goes on for ever and is ended when it
// has said what it should.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, connect } from 'zoarium'
import { type Server, startServer } from 'zoarium/server'
import { startTestServer, type TestServer } from 'zoarium/testing'
import { until } from '../client/support.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../client/test-certificate.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, '.tmp', `client-guide-${process.pid}`)
const PAGE = 'docs/guide/client.md'

interface World {
  readonly server: TestServer
  readonly eye: Client
  /** Resolves when the program has said this. */
  said(text: RegExp): Promise<void>
}

interface Expectation {
  /** Words by which the block is known. */
  readonly about: string
  /** What it says, line by line. */
  readonly says: readonly RegExp[]
  /** It goes on for ever. */
  readonly endless?: boolean
  /** In place of the address in the block. */
  readonly address?: (server: TestServer) => Promise<string>
  /** What the reader has beside the block: lines before and after it. */
  readonly before?: string
  readonly after?: string
  /** What others do while it runs. */
  readonly meanwhile?: (world: World) => Promise<void>
  /** What the tree is like afterwards. */
  readonly leaves?: (eye: Client) => Promise<void>
}

const text = async (eye: Client, path: string): Promise<string> => String((await eye.getData(path)).data)

const EXPECTATIONS: readonly Expectation[] = [
  {
    about: "create('/config/greeting', 'hello')",
    says: [],
    leaves: async (eye) => expect(await text(eye, '/my-app/config/greeting')).toBe('hello again'),
  },
  {
    about: "ZoariumError.is(error, 'BAD_VERSION')",
    says: [],
    leaves: async (eye) => expect(await text(eye, '/counter')).toBe('new'),
  },
  {
    about: 'createProtected',
    says: [],
    leaves: async (eye) => {
      expect(await text(eye, '/counter')).toBe('new')
      expect((await eye.getChildren('/members')).children).toEqual([])
    },
  },
  { about: '.transaction()', says: [/^\/config\/new \d+n$/], leaves: async (eye) => expect(await eye.exists('/config/old')).toBeNull() },
  { about: 'getChildrenWithData', says: [/^old undefined$/, /^\/app \d+$/, /^\/app\/x \d+$/, /^200$/] },
  {
    about: "nextEvent('/config', 'children'",
    says: [/^created \/ready$/, /^children$/],
    meanwhile: async ({ server, eye, said }) => {
      await watchesOf(server, 2)
      await eye.create('/ready')
      await said(/created/)
      await eye.create('/config/x')
    },
  },
  {
    about: "watch('/config', { recursive: true })",
    says: [/old/, /^created \/config\/x \d+n$/, /^deleted \/config\/x \d+n$/],
    endless: true,
    meanwhile: async ({ eye, said }) => {
      await said(/old/)
      await eye.create('/config/x')
      await said(/created/)
      await eye.delete('/config/x')
    },
  },
  { about: 'session.deadlineMs - performance.now()', says: [/^\d+n \d+ ms left$/, /^not ours any more: ZoariumError.*ERR_CLOSED/] },
  { about: 'updateServers', says: [] },
  { about: 'canBeReadOnly: true', says: [/^closed$/], leaves: async (eye) => expect(await text(eye, '/greeting')).toBe('hello') },
  {
    about: "readFileSync('ca.pem')",
    says: [/^\{$/, /server: 'localhost:\d+'/, /session/, /resumed: false/, /readOnly: false/, /^\} connected$/],
    address: tlsFront,
    leaves: async (eye) => expect((await eye.getChildren('/')).children).toContain('mine'),
  },
  { about: 'sasl: {', says: [], address: saslServer, before: `process.env.ZK_PASSWORD = 'secret'` },
  {
    about: 'tracingChannel',
    says: [
      /^span exists \/a .*"zookeeper.path":"\/a"/,
      /^end exists/,
      /^span create2/,
      /^status 2 ZoariumError.*NODE_EXISTS/,
      /^end create2/,
    ],
    before: `globalThis.tracer = { startSpan: (name, { attributes }) => (console.log('span', name, attributes['zookeeper.path'], JSON.stringify(attributes)),
      { setStatus: ({ code, message }) => console.log('status', code, message), end: () => console.log('end', name) }) }`,
    after: `const { connect } = await import('zoarium')
      const client = await connect('127.0.0.1:2181')
      await client.exists('/a')
      await client.create('/config').catch(() => {})
      await client.close()`,
  },
  { about: 'startTestServer', says: [/^true$/] },
]

/** A server that knows the user of the page; its address. */
async function saslServer(): Promise<string> {
  const saslUsersFile = join(folder, 'users')
  await writeFile(saslUsersFile, 'app:secret\n', { mode: 0o600 })
  const server = await startServer({ saslUsersFile })
  withUsers.push(server)
  return server.connectString
}

const withUsers: Server[] = []
const blocks: string[] = []

beforeAll(async () => {
  const page = await readFile(join(root, PAGE), 'utf8')
  blocks.push(...[...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? ''))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.pem'), TEST_CERTIFICATE)
})
afterAll(async () => {
  await Promise.all(withUsers.map((server) => server.close()))
  await rm(folder, { recursive: true })
})

describe('the client guide', () => {
  it('has no block but these', () => {
    const known = blocks.map((block) => EXPECTATIONS.findIndex(({ about }) => block.includes(about)))
    expect(known).toEqual(EXPECTATIONS.map((_, i) => i))
  })

  for (const [i, expected] of EXPECTATIONS.entries()) {
    it(`runs block ${i + 1}: ${expected.about}`, async () => {
      await using server = await startTestServer()
      await using eye = await connect(server.directConnectString)
      await furnish(eye)
      const address = (await expected.address?.(server)) ?? server.connectString
      const program = [expected.before, blocks[i], expected.after].filter((part) => part !== undefined).join('\n')
      const file = join(folder, `block-${i}.mjs`)
      await writeFile(file, transpiled(program.replaceAll(/(zk\.example:\d+|\d+(\.\d+){3}:2181)(,\d+(\.\d+){3}:2181)*/g, address)))
      const run = new Run(file)
      try {
        await expected.meanwhile?.({ server, eye, said: (what) => run.said(what) })
        if (expected.endless === true) await run.said(expected.says.at(-1) as RegExp)
        else expect([await run.ended(), run.errors]).toEqual([0, ''])
        expect(run.lines).toEqual(expected.says.map((line) => expect.stringMatching(line)))
        await expected.leaves?.(eye)
      } finally {
        run.kill()
        await run.ended()
      }
    })
  }
})

/** What the page takes for granted in the tree. */
async function furnish(client: Client): Promise<void> {
  await client.create('/counter', 'old')
  await client.create('/members')
  await client.create('/config', '')
  for (let version = 0; version < 3; version++) await client.setData('/config', String(version))
  await client.create('/config/old')
  await client.ensurePath('/app/x')
}

function transpiled(code: string): string {
  return ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext })
}

function watchesOf(server: TestServer, count: number): Promise<void> {
  return until('the watches', () => server.view.stats().watchCount >= count)
}

/** A server that speaks TLS, as `localhost` since its certificate says so. */
async function tlsFront(plain: TestServer): Promise<string> {
  const front = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (socket) => {
    const behind = dial(plain.port, '127.0.0.1')
    socket.on('error', () => behind.destroy()).on('close', () => front.close())
    behind.on('error', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const at = front.address()
  return `localhost:${typeof at === 'object' && at !== null ? at.port : 0}`
}

/** A program and what it says. */
class Run {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #output = ''
  errors = ''
  #wake: () => void = () => undefined

  constructor(file: string) {
    this.#child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk
      this.#wake()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk))
    this.#ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code)))
    void this.#ended.then(() => this.#wake())
  }

  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1)
  }

  ended(): Promise<number | null> {
    return this.#ended
  }

  async said(what: RegExp): Promise<void> {
    while (!this.lines.some((line) => what.test(line))) {
      if (this.#child.exitCode !== null) throw new Error(`ended without ${what}:\n${this.#output}${this.errors}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
