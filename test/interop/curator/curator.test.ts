// Curator's recipes, the Java library that most JVM systems use: the program beside this file drives a server and reports each of its
// checks, which are the tests here.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CheckResults, runChecksOnAll } from '../support/check-results.ts'
import { javaClasspath } from '../support/requirements.ts'
import { SERVERS } from '../support/servers.ts'

const SOURCES = fileURLToPath(new URL('./', import.meta.url))

const classes = mkdtempSync(join(tmpdir(), 'curator-checks-'))
compile()
const run = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-cp', `${classes}:${javaClasspath()}`, 'Checks']
const names = java([...run, '--list'])
  .trim()
  .split('\n')

/** With the compiler that the runtime has inside: no JDK is needed. */
function compile(): void {
  const sources = readdirSync(SOURCES).filter((file) => file.endsWith('.java'))
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-nowarn', '-cp', javaClasspath(), '-d', classes]
  java([...compiler, ...sources.map((file) => join(SOURCES, file))])
}

function java(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('java', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`java ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return stdout
}

let results: ReadonlyMap<string, CheckResults>

beforeAll(async () => {
  results = await runChecksOnAll('java', run)
})

afterAll(() => rmSync(classes, { recursive: true, force: true }))

test('the program lists its checks', () => {
  expect(names.length).toBeGreaterThanOrEqual(65)
})

describe.each(SERVERS)('Curator: %s', (server) => {
  test.each(names)('%s', (name) => {
    expect(results.get(server)?.get(name)).toEqual({ name, ok: true, error: null })
  })
})
