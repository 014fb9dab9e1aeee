// The blocks of the recipes' guides are run, each as a program of its own, with the built package, against a server of its own that holds what
// the page takes for granted. The address becomes the server's, nothing else is changed.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, connect } from 'zoarium'
import { ConfigStore, DoubleBarrier, Group, LeaderElection, TaskQueue } from 'zoarium/recipes'
import { startTestServer } from 'zoarium/testing'
import { until } from '../client/support.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, '.tmp', `recipe-guides-${process.pid}`)

interface Block {
  readonly page: string
  /** Which one of the page, from 1. */
  readonly number: number
  readonly furnish?: (eye: Client) => Promise<unknown>
  /** What the reader has beside the block: lines before it. */
  readonly prelude?: string
  /** What others do while it runs. */
  readonly meanwhile?: (eye: Client, said: (...lines: readonly string[]) => Promise<void>) => Promise<unknown>
  /** What it says, in any order. */
  readonly says: readonly string[]
  /** It goes on until it is told to end, when it has said these, and others have done what they do. */
  readonly before?: readonly string[]
  /** It goes on for ever. */
  readonly endless?: boolean
  /** What the tree is like afterwards: data by path. */
  readonly leaves?: Readonly<Record<string, string>>
}

/** Pages of recipes. Those of the client are run by tests of their own. */
const PAGES = [
  'barriers',
  'caches',
  'config-store',
  'groups',
  'leader-election',
  'locks',
  'observing',
  'partitions',
  'queues',
  'service-registry',
  'shared-values',
  'task-queue',
]

const members = ['north', 'east', 'south', 'west']

/** In place of a service that the reader has. */
const FETCH = `globalThis.fetch = async (url, init) => {
  if (init?.signal === undefined) throw new Error('expected a signal')
  return new Response('some rows', { status: 200, headers: { 'x-rows': '2' } })
}`

const BLOCKS: readonly Block[] = [
  {
    page: 'caches',
    number: 1,
    furnish: async (eye) => {
      await eye.create('/app')
      await eye.create('/app/limit', '100')
    },
    says: ['2 znodes, the limit is 100', 'the limit is 200'],
  },
  {
    page: 'caches',
    number: 2,
    furnish: async (eye) => {
      await eye.create('/hosts')
      await eye.create('/hosts/a', 'x')
      await eye.create('/hosts/.hidden')
    },
    says: ['new a x', 'complete up to *'],
    endless: true,
  },
  { page: 'shared-values', number: 1, says: ['0 -> 1', '1n'] },
  { page: 'shared-values', number: 2, says: ['1n 2n'] },
  { page: 'shared-values', number: 3, says: ['300'] },
  { page: 'shared-values', number: 4, says: ['joined 1'] },
  { page: 'barriers', number: 1, says: ['open'] },
  {
    page: 'barriers',
    number: 2,
    says: ['round 0'],
    meanwhile: async (eye) => {
      const others = ['host-8', 'host-9'].map((name) => new DoubleBarrier(eye, '/barriers/round', { members: 3, name }))
      const passes = await Promise.all(others.map((barrier) => barrier.enter()))
      await Promise.all(passes.map((pass) => pass.leave()))
    },
  },
  {
    page: 'config-store',
    number: 1,
    says: ['100', '-1 0n { requestsPerSecond: 100 }', '0 *n { requestsPerSecond: 50 }'],
    endless: true,
    meanwhile: async (eye, said) => {
      await said('-1 0n { requestsPerSecond: 100 }')
      await eye.ensurePath('/config')
      await eye.create('/config/limits', '{"requestsPerSecond":50}')
    },
  },
  {
    page: 'config-store',
    number: 2,
    says: [],
    meanwhile: async (eye) => {
      const schema = (value: unknown): string[] => value as string[]
      await using config = await ConfigStore.open(eye, '/config/blocked', { schema, defaults: [] })
      await config.set(['a'])
    },
  },
  {
    page: 'config-store',
    number: 3,
    says: ['written as version 0'],
    leaves: { '/config/hosts': '{\n  "hosts": [\n    "10.0.0.7"\n  ]\n}' },
  },
  { page: 'groups', number: 1, says: ['*n host-7 {"port":8080,"busy":true} true'] },
  {
    page: 'groups',
    number: 2,
    says: ['complete at *: 0 members', 'join a', 'a: 1 is now 2', 'leave a'],
    endless: true,
    meanwhile: async (eye, said) => {
      await said('complete at *: 0 members')
      const membership = await new Group(eye, '/groups/workers').join('a', '1')
      await said('join a')
      await membership.setData('2')
      await said('a: 1 is now 2')
      await membership.leave()
    },
  },
  {
    page: 'leader-election',
    number: 1,
    furnish: (eye) => eye.create('/schedule', ''),
    before: [],
    says: [],
    meanwhile: (eye) => until('a word of the leader', async () => /^epoch \d+$/.test(`${(await eye.getData('/schedule')).data}`)),
  },
  { page: 'leader-election', number: 2, says: [] },
  { page: 'leader-election', number: 3, says: ['*n'] },
  {
    page: 'leader-election',
    number: 4,
    says: ['vacant', 'vacant', 'epoch *: host-8', 'vacant'],
    endless: true,
    meanwhile: async (eye, said) => {
      await said('vacant', 'vacant')
      const leadership = await new LeaderElection(eye, '/election/scheduler', { data: 'host-8' }).campaign()
      await said('epoch *: host-8')
      await leadership.resign()
      await said('vacant', 'vacant', 'vacant')
    },
  },
  {
    page: 'locks',
    number: 1,
    furnish: (eye) => eye.create('/report', ''),
    prelude: FETCH,
    says: ['2'],
    leaves: { '/report': 'some rows' },
  },
  { page: 'locks', number: 2, says: ['*n true'] },
  {
    page: 'locks',
    number: 4,
    furnish: (eye) => eye.create('/catalogue', 'things'),
    says: ['nobody has written since: true'],
    leaves: { '/catalogue': 'things!' },
  },
  { page: 'locks', number: 5, prelude: FETCH, says: ['0 of 8 taken, 0 wait'] },
  { page: 'locks', number: 6, says: ['/locks/report/_c_*-lock-*'] },
  { page: 'task-queue', number: 1, says: ['sent to a@example.org 1 worker-*'] },
  {
    page: 'task-queue',
    number: 2,
    prelude: FETCH,
    before: [],
    says: [],
    meanwhile: async (eye) => {
      await using queue = new TaskQueue<{ url: string }, number>(eye, '/queues/fetch')
      await using _master = queue.runMaster()
      const handle = await queue.submit({ url: 'https://store.example' })
      expect(await handle.value()).toBe(200)
    },
  },
  {
    page: 'task-queue',
    number: 3,
    says: ['2 by worker-*', '4 by worker-*', '6 by worker-*'],
    meanwhile: async (eye, said) => {
      await using queue = new TaskQueue<number, number>(eye, '/queues/sums')
      await using _master = queue.runMaster()
      await using _worker = await queue.runWorker(async ({ payload }) => payload * 2)
      await said('6 by worker-*')
    },
  },
  {
    page: 'task-queue',
    number: 4,
    says: ['{', '  tasks: 0,', '  assigned: 0,', '  workers: 0,', '  dead: 0,', '  results: 0,', "  master: { epoch: 1, name: '*' }", '}'],
    endless: true,
  },
  { page: 'queues', number: 1, says: ['to: you, attempt 1'] },
  { page: 'queues', number: 2, says: ['now'] },
  {
    page: 'partitions',
    number: 1,
    before: members.map((name) => `${name}: begin, token *`),
    says: members.flatMap((name) => [`${name}: begin, token *`, `${name}: end`]),
  },
  { page: 'service-registry', number: 1, says: ['10.0.0.7:25'] },
  { page: 'locks', number: 3, says: ['page 1', 'page 2', 'page 3'] },
  { page: 'observing', number: 1, says: ['working', 'lock: 0 wait, 0 held; 1 granted, 0 not', 'ended: 1 released, 0 with the session'] },
  {
    page: 'observing',
    number: 2,
    says: [
      'lock /locks/report/*-lock-* is held',
      'lock /locks/report/*-lock-* is lost (released after * ms)',
      'lock /locks/report: token * after * ms',
      'working',
    ],
  },
]

beforeAll(() => mkdir(folder, { recursive: true }))
afterAll(() => rm(folder, { recursive: true }))

async function blocksOf(page: string): Promise<string[]> {
  const text = await readFile(join(root, 'docs/guide', `${page}.md`), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '')
}

async function programOf({ page, number, prelude = '' }: Block, address: string): Promise<string> {
  const code = (await blocksOf(page))[number - 1] ?? ''
  expect(code).toContain('127.0.0.1:2181')
  const program = `${prelude}\n${code.replaceAll('127.0.0.1:2181', address)}`
  return ts.transpile(program, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext })
}

/** Numbers and names that are others in each run. */
const OF_THE_RUN: readonly (readonly [RegExp, string])[] = [
  [/_c_[\da-f-]{36}/g, '_c_*'],
  [/\/[\da-z]{20,}-lock-/g, '/*-lock-'],
  [/worker-\w+/g, 'worker-*'],
  [/\d{7,}/g, '*'],
  [/\b\d+ ms/g, '* ms'],
  [/name: '[^']+'/g, "name: '*'"],
]

/** A program and what it says; what belongs to the run becomes stars. */
class Run {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  output = ''
  errors = ''

  constructor(file: string) {
    this.child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)))
  }

  get lines(): string[] {
    const lines = this.output.split('\n').slice(0, -1)
    return lines.map((line) => OF_THE_RUN.reduce((text, [what, star]) => text.replaceAll(what, star), line)).sort()
  }

  /** It has said all of these, each as often as it is here. */
  said(lines: readonly string[]): Promise<void> {
    const count = (all: readonly string[], line: string): number => all.filter((one) => one === line).length
    return until(lines.join('; '), () => {
      const now = this.lines
      if (lines.every((line) => count(now, line) >= count(lines, line))) return true
      if (this.child.exitCode !== null) throw new Error(`ended early:\n${this.output}${this.errors}`)
      return false
    })
  }
}

describe('the guides of the recipes', () => {
  it('have no block that is not run', async () => {
    const all = await Promise.all(PAGES.map(async (page) => (await blocksOf(page)).map((_, i) => `${page} ${i + 1}`)))
    expect(BLOCKS.map(({ page, number }) => `${page} ${number}`).sort()).toEqual(all.flat().sort())
  })

  for (const [i, block] of BLOCKS.entries()) {
    it(`run block ${block.number} of ${block.page}`, async () => {
      await using server = await startTestServer()
      await using eye = await connect(server.directConnectString)
      await block.furnish?.(eye)
      const file = join(folder, `block-${i}.mjs`)
      await writeFile(file, await programOf(block, server.connectString))
      const run = new Run(file)
      try {
        await block.meanwhile?.(eye, (...lines) => run.said(lines))
        if (block.before !== undefined) {
          await run.said(block.before)
          run.child.kill('SIGTERM')
        }
        if (block.endless === true) await run.said(block.says)
        else expect([await run.ended, run.errors]).toEqual([0, ''])
        expect(run.lines).toEqual([...block.says].sort())
        for (const [path, data] of Object.entries(block.leaves ?? {})) expect(`${(await eye.getData(path)).data}`).toBe(data)
      } finally {
        run.child.kill('SIGKILL')
        await run.ended
      }
    })
  }
})
