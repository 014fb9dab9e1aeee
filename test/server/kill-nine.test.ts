// kill -9 of the real server at random moments under write load: what was acknowledged is there after each restart, and nothing twice.
//
// Each writer keeps one session for the whole test and works below a node of its own, so its operations take effect in the order in which
// they were sent. After a kill the state of its node must therefore be exactly that of some first part of them, one that holds at least
// everything acknowledged. Below /shared all writers create sequential nodes: each operation at most once, under the name it was told.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL } from '../../core/wire/records.ts'
import { CommandProcess } from '../cli/command-process.ts'
import { compiledCommand } from '../cli/compiled-command.ts'
import { NEW_SESSION, RawSession } from '../cli/raw-session.ts'
import { KillNineWriter } from './kill-nine-writer.ts'

const WRITERS = 3
/** From the start of the load to the kill. */
const MAX_LOAD_MS = 200
/** In some rounds the process is killed while it starts, too. */
const KILL_WHILE_STARTING = 0.15
const MAX_STARTUP_MS = 400

const { KILL_NINE_SEED, KILL_NINE_ROUNDS } = process.env
const SEED = Number(KILL_NINE_SEED ?? 20_261_122)
const ROUNDS = roundsOf(KILL_NINE_ROUNDS ?? '25')
/** What one round may take on a busy machine; a usual one takes a third of a second. */
const ROUND_TIMEOUT_MS = 6_000

test(`after each of ${ROUNDS} kill -9 everything acknowledged is there and nothing twice (KILL_NINE_SEED=${SEED})`, {
  timeout: ROUNDS * ROUND_TIMEOUT_MS,
}, async () => {
  await compiledCommand()
  const random = new SeededRandom(SEED)
  const writers = Array.from({ length: WRITERS }, (_, number) => new KillNineWriter(number, SEED + number + 1))
  const dataDir = await mkdtemp(join(tmpdir(), 'kill-nine-'))
  // Frequent snapshots, so that kills hit them as well; sessions outlive the test.
  const limits = ['--snapshot-every-entries', '400', '--max-session-timeout-ms', '600000']
  const args = ['server', '--port', '0', '--json', '--data-dir', dataDir, ...limits]
  let acknowledged = 0
  let round = 0
  try {
    await makeHomes(args, writers)
    for (; round < ROUNDS; round++) {
      if (random.next() < KILL_WHILE_STARTING) await killWhileStarting(args, random.next() * MAX_STARTUP_MS)
      acknowledged += await killUnderLoad(args, writers, random.next() * MAX_LOAD_MS)
    }
    const server = await CommandProcess.start(args)
    await verifyAll(server, writers)
    await server.kill()
  } catch (error) {
    throw new Error(`round ${round} of KILL_NINE_SEED=${SEED}; the data is kept in ${dataDir}`, { cause: error })
  }
  await rm(dataDir, { recursive: true })
  // A run that acknowledged next to nothing has shown nothing.
  expect(acknowledged).toBeGreaterThan(ROUNDS * 10)
})

function roundsOf(text: string): number {
  const rounds = Number(text)
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`KILL_NINE_ROUNDS wants a whole number of at least 1, got "${text}"`)
  return rounds
}

async function makeHomes(args: readonly string[], writers: readonly KillNineWriter[]): Promise<void> {
  const server = await CommandProcess.start(args)
  const session = await RawSession.open((await server.listening()).port, NEW_SESSION, 10_000)
  for (const path of ['/shared', ...writers.map(({ home }) => home)]) {
    const { err } = await session.request({ op: OpCode.create, path, data: null, acl: OPEN_ACL, flags: 0 })
    expect(err).toBe(ErrorCode.ok)
  }
  await server.kill()
}

/** Checks what the last kill left, then writes until the next one. Resolves with the number of acknowledged operations. */
async function killUnderLoad(args: readonly string[], writers: readonly KillNineWriter[], loadMs: number): Promise<number> {
  const server = await CommandProcess.start(args)
  try {
    await verifyAll(server, writers)
    const writing = Promise.all(writers.map((writer) => writer.writeUntilCut()))
    // Either the time is over, or a writer has found something wrong.
    await Promise.race([delay(loadMs), writing])
    await server.kill()
    return (await writing).reduce((sum, count) => sum + count, 0)
  } finally {
    await server.kill()
  }
}

async function killWhileStarting(args: readonly string[], afterMs: number): Promise<void> {
  const server = await CommandProcess.start(args)
  await delay(afterMs)
  await server.kill()
}

async function verifyAll(server: CommandProcess, writers: readonly KillNineWriter[]): Promise<void> {
  const { port } = await server.listening()
  await Promise.all(writers.map((writer) => writer.verify(port)))
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
