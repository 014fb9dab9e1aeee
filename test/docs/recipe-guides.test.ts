// The blocks of the recipes' guides are run, each as a program of its own, with the built package, against a server of its own that holds what
// the page takes for granted. The address becomes the server's, nothing else is changed.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, connect } from 'zoarium'
import { startTestServer } from 'zoarium/testing'
import { until } from '../client/support.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, '.tmp', `recipe-guides-${process.pid}`)

interface Block {
  readonly page: string
  /** Which one of the page, from 1. */
  readonly number: number
  readonly furnish?: (eye: Client) => Promise<unknown>
  /** What it says, in any order. */
  readonly says: readonly string[]
  /** It goes on until it is told to end, when it has said these. */
  readonly before?: readonly string[]
  /** It goes on for ever. */
  readonly endless?: boolean
}

const members = ['north', 'east', 'south', 'west']

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
]

beforeAll(() => mkdir(folder, { recursive: true }))
afterAll(() => rm(folder, { recursive: true }))

async function programOf({ page, number }: Block, address: string): Promise<string> {
  const text = await readFile(join(root, 'docs/guide', `${page}.md`), 'utf8')
  const code = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)][number - 1]?.[1] ?? ''
  expect(code).toContain('127.0.0.1:2181')
  return ts.transpile(code.replaceAll('127.0.0.1:2181', address), { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext })
}

/** A program and what it says; numbers of the run become stars. */
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
    return lines.map((line) => line.replace(/(token|up to) \d+/, '$1 *')).sort()
  }

  /** It has said all of these. */
  said(lines: readonly string[]): Promise<void> {
    return until(lines.join('; '), () => {
      if (this.child.exitCode !== null) throw new Error(`ended early:\n${this.output}${this.errors}`)
      return lines.every((line) => this.lines.includes(line))
    })
  }
}

describe('the guides of the recipes', () => {
  for (const [i, block] of BLOCKS.entries()) {
    it(`run block ${block.number} of ${block.page}`, async () => {
      await using server = await startTestServer()
      await using eye = await connect(server.directConnectString)
      await block.furnish?.(eye)
      const file = join(folder, `block-${i}.mjs`)
      await writeFile(file, await programOf(block, server.connectString))
      const run = new Run(file)
      try {
        if (block.before !== undefined) {
          await run.said(block.before)
          run.child.kill('SIGTERM')
        }
        if (block.endless === true) await run.said(block.says)
        else expect([await run.ended, run.errors]).toEqual([0, ''])
        expect(run.lines).toEqual([...block.says].sort())
      } finally {
        run.child.kill('SIGKILL')
        await run.ended
      }
    })
  }
})
