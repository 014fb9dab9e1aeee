// examples: the main job. An embedded durable server, a master, a standby master and three workers, each a process of its own, find lines,
// bytes and SHA-256 of every file of a folder. On the way one worker and the acting master are killed (SIGKILL). At the end a
// table, and a check against the files themselves: every file has exactly one accepted result.
//
//   node dist/examples/main-job/main.js [--ensemble] [FOLDER]          default: this repository
//
// With --ensemble three server processes take the place of the embedded one, and the one that leads them is killed too.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect } from 'zoarium'
import { type MasterEvent, TaskQueue, type TaskResult } from 'zoarium/recipes'
import { startServer } from 'zoarium/server'
import { Member, type Role } from './crew.ts'
import { EnsembleOfProcesses, type Servers } from './ensemble.ts'
import { reportOn } from './file-report.ts'
import { listFiles } from './list-files.ts'
import { type FilePayload, type FileReport, QUEUE_PATH } from './messages.ts'
import { Screen } from './screen.ts'

const WORKERS = ['worker-1', 'worker-2', 'worker-3']
const MASTERS = ['master-1', 'master-2']
/** A job shorter than this would be over before anybody was killed. Sessions on an ensemble last longer, so a loss is noticed later. */
const JOB_MS = 6000
const ENSEMBLE_JOB_MS = 18_000
const CONCURRENT_TASKS = 12
const KILL_WORKER_AT = 0.15
/** And not before the loss of the worker was noticed, so that each take-over can be watched by itself. */
const KILL_MASTER_AT = 0.5
/** The leader of the ensemble, while the loss of the worker is not noticed yet. */
const KILL_LEADER_AT = 0.25

type Results = Map<string, TaskResult<FileReport>[]>

const screen = new Screen()

/** Follows what the masters tell, and knows who is in office. */
class Chronicle {
  master: Member | null = null
  reassigned = 0
  lossNoticed = false
  elections = 0
  readonly #electedWaiters: (() => void)[] = []

  hear(member: Member, event: MasterEvent): void {
    switch (event.type) {
      case 'elected':
        this.master = member
        this.elections += 1
        screen.line(
          `${member.name} ${this.elections === 1 ? 'is elected' : screen.style('green', 'takes over')} (epoch ${event.epoch}: ${event.tasks} tasks, ${event.workers} workers)`,
        )
        for (const waiter of this.#electedWaiters.splice(0)) waiter()
        return
      case 'workerJoined':
        screen.line(`${event.worker} joins with ${event.slots} slots`)
        return
      case 'workerLost':
        this.lossNoticed = true
        screen.line(`${event.worker} is ${screen.style('yellow', 'lost')}; ${event.tasks} of its tasks go back to the queue`)
        return
      case 'reassigned':
        this.reassigned += 1
        screen.line(`task ${event.task} is ${screen.style('green', 're-assigned')} from ${event.from} to ${event.worker}`)
        return
      case 'dead':
        screen.line(screen.style('red', `task ${event.task} was given up`))
        return
      default:
        return
    }
  }

  elected(): Promise<void> {
    return this.master !== null ? Promise.resolve() : new Promise((done) => this.#electedWaiters.push(done))
  }
}

/** Submits a task per file and gathers every result that comes. */
async function runJob(
  queue: TaskQueue<FilePayload, FileReport>,
  files: readonly string[],
  onDone: (done: number) => void,
): Promise<Results> {
  const results: Results = new Map(files.map((file) => [file, []]))
  const handles = await queue.submitMany(files.map((file, i) => ({ payload: { file }, id: `file-${String(i).padStart(5, '0')}` })))
  let done = 0
  await Promise.all(
    handles.map(async (handle, i) => {
      const result = await handle.result()
      results.get(files[i] ?? '')?.push(result)
      done += 1
      onDone(done)
    }),
  )
  return results
}

/** One kill of a worker, of the leader of an ensemble and of the master, each when its share of the job is done. */
function executioner(chronicle: Chronicle, crew: readonly Member[], servers: Servers, total: number): (done: number) => void {
  let workerKilled = false
  let leaderKilled = false
  let masterKilled = false
  return (done) => {
    screen.progress(done, total, '')
    if (!workerKilled && done >= total * KILL_WORKER_AT) {
      workerKilled = true
      const victim = crew.find((member) => member.role === 'worker' && member.name === 'worker-2')
      screen.line(screen.style('red', `kill -9 ${victim?.pid}: ${victim?.name}, in the middle of its work`))
      void victim?.kill()
    }
    if (!leaderKilled && done >= total * KILL_LEADER_AT) {
      leaderKilled = true
      const pid = servers.killLeader()
      if (pid !== null) screen.line(screen.style('red', `kill -9 ${pid}: the leader of the ensemble; the others go on`))
    }
    if (!masterKilled && chronicle.lossNoticed && done >= total * KILL_MASTER_AT) {
      masterKilled = true
      const victim = chronicle.master
      chronicle.master = null
      screen.line(screen.style('red', `kill -9 ${victim?.pid}: ${victim?.name}, the acting master; the workers go on`))
      void victim?.kill()
    }
  }
}

function showTable(results: Results): void {
  const byWorker = new Map<string, { files: number; lines: number; bytes: number }>()
  for (const result of [...results.values()].flat()) {
    if (result.type !== 'completed') continue
    const row = byWorker.get(result.worker) ?? { files: 0, lines: 0, bytes: 0 }
    byWorker.set(result.worker, { files: row.files + 1, lines: row.lines + result.value.lines, bytes: row.bytes + result.value.bytes })
  }
  const rows = [...byWorker].sort(([a], [b]) => (a < b ? -1 : 1))
  const sum = rows.reduce(
    (all, [, row]) => ({ files: all.files + row.files, lines: all.lines + row.lines, bytes: all.bytes + row.bytes }),
    {
      files: 0,
      lines: 0,
      bytes: 0,
    },
  )
  const cells = (name: string, row: typeof sum): string[] => [
    name,
    ...[row.files, row.lines, row.bytes].map((n) => n.toLocaleString('en-US')),
  ]
  screen.plain('')
  screen.table(['worker', 'files', 'lines', 'bytes'], [...rows.map(([name, row]) => cells(name, row)), cells('all', sum)])
}

/** Compares every result with the file itself. Returns what is wrong. */
async function check(folder: string, results: Results): Promise<string[]> {
  const wrong: string[] = []
  for (const [file, found] of results) {
    const [only] = found
    if (found.length !== 1 || only === undefined) {
      wrong.push(`${file} has ${found.length} results`)
      continue
    }
    if (only.type !== 'completed') {
      wrong.push(`${file} failed: ${only.error.message}`)
      continue
    }
    const truth = await reportOn(join(folder, file))
    const { lines, bytes, sha256 } = only.value
    if (lines !== truth.lines || bytes !== truth.bytes || sha256 !== truth.sha256) wrong.push(`${file} was reported wrongly`)
  }
  return wrong
}

/** What the job runs on. */
async function startServers(ensemble: boolean, dataDir: string): Promise<Servers> {
  if (ensemble) return EnsembleOfProcesses.start(3, dataDir, (line) => screen.line(line))
  const server = await startServer({ dataDir, tickTimeMs: 250 })
  screen.line(`server on ${server.connectString}, data in ${dataDir}`)
  return { connectString: server.connectString, killLeader: () => null, close: () => server.close() }
}

async function main(folder: string, ensemble: boolean): Promise<boolean> {
  const files = listFiles(folder)
  const pauseMs = Math.ceil(((ensemble ? ENSEMBLE_JOB_MS : JOB_MS) * CONCURRENT_TASKS) / Math.max(files.length, 1))
  const dataDir = mkdtempSync(join(tmpdir(), 'zoarium-job-'))
  const crew: Member[] = []
  const servers = await startServers(ensemble, dataDir)
  const { connectString } = servers
  try {
    screen.line(`${files.length} files in ${folder}`)
    const chronicle = new Chronicle()
    const enlist = (role: Role, name: string): Member => {
      const member = new Member(role, name, [connectString, folder, String(pauseMs)], (from, event) => chronicle.hear(from, event))
      crew.push(member)
      return member
    }
    await Promise.all(
      [...MASTERS.map((name) => enlist('master', name)), ...WORKERS.map((name) => enlist('worker', name))].map(({ ready }) => ready),
    )
    await chronicle.elected()
    screen.line(`look on from another terminal: a ZooKeeper client of any language on ${connectString}, path ${QUEUE_PATH}`)

    await using client = await connect(connectString)
    const queue = new TaskQueue<FilePayload, FileReport>(client, QUEUE_PATH)
    const results = await runJob(queue, files, executioner(chronicle, crew, servers, files.length))
    screen.endProgress()
    // The end of the job may come before the loss is noticed; the take-over is part of the show and of the check.
    await chronicle.elected()
    const { tasks, dead } = await queue.stats()
    await queue.close()
    await Promise.all(crew.map((member) => member.stop()))
    showTable(results)
    const wrong = await check(folder, results)
    if (chronicle.elections !== 2) wrong.push(`${chronicle.elections} masters were elected, 2 expected: the job was over too soon`)
    if (tasks !== 0 || dead !== 0) wrong.push(`${tasks} tasks and ${dead} dead letters are left in the queue`)
    for (const problem of wrong.slice(0, 10)) screen.plain(screen.style('red', problem))
    screen.plain('')
    screen.plain(
      wrong.length === 0
        ? screen.style(
            'green',
            `All ${files.length} files have exactly one accepted result, and it is right. Re-assigned on the way: ${chronicle.reassigned}.`,
          )
        : screen.style('red', `${wrong.length} problems.`),
    )
    return wrong.length === 0
  } finally {
    await Promise.all(crew.filter(({ alive }) => alive).map((member) => member.kill()))
    await servers.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const { values, positionals } = parseArgs({ options: { ensemble: { type: 'boolean', default: false } }, allowPositionals: true })
process.exitCode = (await main(resolve(positionals[0] ?? repository), values.ensemble)) ? 0 : 1
