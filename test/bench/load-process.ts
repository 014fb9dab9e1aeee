// bench: the program of a load process: takes jobs over the process channel, runs one at a time, sends back what it saw.

import { rmSync } from 'node:fs'
import { runFill } from './fill-load.ts'
import type { Estate, FromLoadProcess, Job, JobResult, ToLoadProcess } from './job.ts'
import { runClosedLoop, runOpenLoop } from './load-loops.ts'
import { runConnectLoop, SessionHolder } from './session-jobs.ts'

let estate: Estate = { pids: [], folders: [] }
const holder = new SessionHolder()

function send(message: FromLoadProcess): void {
  process.send?.(message)
}

function run(job: Job): Promise<JobResult> {
  switch (job.type) {
    case 'closed':
      return runClosedLoop(job)
    case 'open':
      return runOpenLoop(job)
    case 'fill':
      return runFill(job)
    case 'connect':
      return runConnectLoop(job)
    case 'hold':
      return holder.run(job)
  }
}

/** The parent is gone without a goodbye (killed): undo what it can no longer undo itself. */
function settleEstate(): void {
  for (const pid of estate.pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Already ended: nothing is left to stop.
    }
  }
  for (const folder of estate.folders) rmSync(folder, { recursive: true, force: true })
}

process.on('message', (message: ToLoadProcess) => {
  if (message.type === 'estate') {
    estate = message.estate
    return
  }
  run(message.job).then(
    (result) => send({ type: 'result', result }),
    (error: unknown) => send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => {
  settleEstate()
  process.exit(0)
})
// Ctrl-C reaches the whole process group; the parent decides what happens then.
process.on('SIGINT', () => {})
send({ type: 'ready' })
