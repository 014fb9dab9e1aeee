// examples: a drop-in lock. Two worker processes take turns on one resource. One of them is then stopped (SIGSTOP) while it holds the
// lock, as a long garbage collection or a suspended machine would do; the other takes over; and when the first wakes up and
// writes, the resource refuses it by its fencing token.
//
//   node dist/examples/lock.js

import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from 'zoarium'
import { Mutex } from 'zoarium/recipes'
import { startServer } from 'zoarium/server'
import { FencedFile } from './support/fenced-file.ts'

const TURNS = 3

/** Worker to resource. */
interface WriteRequest {
  readonly token: string
  readonly text: string
}
/** Worker to everybody: what it is doing. */
type Report =
  | { readonly type: 'says'; readonly text: string }
  | { readonly type: 'holds'; readonly token: string }
  | ({ readonly type: 'write' } & WriteRequest)

async function worker(name: string, connectString: string, turns: number): Promise<void> {
  const tell = (report: Report): boolean => process.send?.(report) ?? false
  const answer = (): Promise<{ accepted: boolean }> => new Promise((resolve) => process.once('message', resolve))
  const client = await connect(connectString, { sessionTimeoutMs: 1000 })
  const mutex = new Mutex(client, '/examples/lock')
  for (let turn = 1; turn <= turns; turn++) {
    const lock = await mutex.acquire()
    tell({ type: 'holds', token: lock.token.toString() })
    // The work. A worker that is stopped here does not know, when it goes on, how long it was away.
    await new Promise((resolve) => setTimeout(resolve, 100))
    const reply = answer()
    tell({ type: 'write', token: lock.token.toString(), text: `${name}, turn ${turn}` })
    const { accepted } = await reply
    const state = lock.signal.aborted ? 'its signal says: lost' : 'its signal says: held'
    tell({ type: 'says', text: accepted ? 'wrote' : `was refused by the resource; ${state}` })
    await lock.release()
  }
  await mutex.close()
  await client.close()
  process.disconnect?.()
}

interface Worker {
  readonly name: string
  readonly child: ChildProcess
  readonly done: Promise<void>
  /** Resolves when it holds the lock the next time. */
  holds(): Promise<void>
}

function startWorker(name: string, connectString: string, turns: number, resource: FencedFile, refused: string[]): Worker {
  const child = fork(fileURLToPath(import.meta.url), ['worker', name, connectString, String(turns)])
  let onHold: (() => void) | null = null
  child.on('message', (report: Report) => {
    switch (report.type) {
      case 'holds':
        console.log(`${name} holds the lock, token ${report.token}`)
        onHold?.()
        onHold = null
        break
      case 'write': {
        const write = resource.write(BigInt(report.token), report.text)
        if (!write.accepted) refused.push(report.text)
        child.send({ accepted: write.accepted })
        break
      }
      case 'says':
        console.log(`${name} ${report.text}`)
        break
    }
  })
  const done = new Promise<void>((resolve, reject) => {
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code ?? signal}`))))
  })
  return {
    name,
    child,
    done,
    holds: () =>
      new Promise((resolve) => {
        onHold = resolve
      }),
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-lock-'))
  const file = join(folder, 'resource.json')
  const resource = new FencedFile(file)
  const refused: string[] = []
  const server = await startServer({ tickTimeMs: 200 })
  try {
    console.log('Two processes take turns:')
    const first = startWorker('anna', server.connectString, TURNS, resource, refused)
    const second = startWorker('bert', server.connectString, TURNS, resource, refused)
    await Promise.all([first.done, second.done])

    console.log('\nA holder is stopped, longer than its session lives:')
    const sleeper = startWorker('carl', server.connectString, 1, resource, refused)
    await sleeper.holds()
    sleeper.child.kill('SIGSTOP')
    const heir = startWorker('dora', server.connectString, 1, resource, refused)
    await heir.done
    sleeper.child.kill('SIGCONT')
    await sleeper.done

    const { text } = JSON.parse(readFileSync(file, 'utf8')) as { text: string }
    console.log(`\nThe resource holds "${text}"; refused: ${refused.map((write) => `"${write}"`).join(', ')}`)
    if (text !== 'dora, turn 1' || refused.join() !== 'carl, turn 1') throw new Error('the fence did not hold')
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

const [role, name = '', connectString = '', turns = '1'] = process.argv.slice(2)
await (role === 'worker' ? worker(name, connectString, Number(turns)) : main())
