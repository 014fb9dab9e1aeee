// examples: a process of the main job: a master (in office or standing by) or a worker.
//
//   node child.js master|worker NAME CONNECT-STRING FOLDER PAUSE-MS

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'zoarium'
import { TaskQueue } from 'zoarium/recipes'
import { reportOn } from './file-report.ts'
import { type ChildMessage, type FilePayload, type FileReport, QUEUE_PATH, SESSION_TIMEOUT_MS } from './messages.ts'

const [role = '', name = '', connectString = '', folder = '', pauseMs = '0'] = process.argv.slice(2)

function tell(message: ChildMessage): void {
  process.send?.(message)
}

const client = await connect(connectString, { sessionTimeoutMs: SESSION_TIMEOUT_MS })
const queue = new TaskQueue<FilePayload, FileReport>(client, QUEUE_PATH)
const stop = new AbortController()
process.once('disconnect', () => stop.abort())
process.once('message', () => stop.abort())

if (role === 'master') {
  const master = queue.runMaster({ name })
  stop.signal.addEventListener('abort', () => void master.close())
  tell({ type: 'ready' })
  for await (const event of master.events()) tell({ type: 'event', event })
  await master.close()
} else {
  const worker = await queue.runWorker(
    async ({ payload }, { signal }) => {
      const report = await reportOn(join(folder, payload.file))
      // Hashing a file takes no time; this leaves some to watch by.
      await sleep(Number(pauseMs), undefined, { signal })
      return report
    },
    { name, concurrency: 4 },
  )
  tell({ type: 'ready' })
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  await worker.close()
}
await queue.close()
await client.close()
if (process.connected) process.disconnect()
