// admin: `/livez` and `/readyz`, for whoever restarts the server and for whoever sends clients to it. They say nothing of the data and want no token.
//
//   /livez    the event loop turns (it answers), neither storage nor the state has failed, no operation on the disk hangs for long: else restart it
//   /readyz   clients are served, no end is near, neither storage nor the state has failed, the disk does not hang: else send clients elsewhere
//
// A nearly full disk refuses writes and still answers reads: that is for an alert to tell, taking the server away would make it worse.

import type { HealthView } from '../server/server-view.ts'

/** A hanging disk makes the server not ready after so long, and worth a restart after so long. */
const NOT_READY_STALL_MS = 5000
const NOT_LIVE_STALL_MS = 60_000

export interface HealthAnswer {
  readonly status: 200 | 503
  readonly body: string
}

interface Check {
  readonly name: string
  /** `null` when all is well. */
  readonly problem: string | null
}

/** Answers `/livez`; `health` is `null` while the server starts. */
export function livez(health: HealthView | null, verbose: boolean): HealthAnswer {
  const checks: Check[] = [{ name: 'event-loop', problem: null }]
  if (health !== null) checks.push(storage(health), state(health), disk(health, NOT_LIVE_STALL_MS))
  return answer('livez', checks, verbose)
}

/** Answers `/readyz`; `health` is `null` while the server starts, which `starting` tells more of. */
export function readyz(health: HealthView | null, verbose: boolean, starting = 'the server is starting'): HealthAnswer {
  if (health === null) return answer('readyz', [{ name: 'serving', problem: starting }], verbose)
  const checks: Check[] = [
    { name: 'serving', problem: health.serving ? null : 'clients are not served' },
    { name: 'draining', problem: health.draining ? 'the server is about to end' : null },
    storage(health),
    state(health),
    disk(health, NOT_READY_STALL_MS),
  ]
  const note = health.writeRefusal === null ? '' : `note: client writes are refused: ${health.writeRefusal}\n`
  return answer('readyz', checks, verbose, note)
}

function storage({ storageFailure }: HealthView): Check {
  return { name: 'storage', problem: storageFailure }
}

function state({ stateFailure }: HealthView): Check {
  return { name: 'state', problem: stateFailure }
}

function disk({ diskStalledMs }: HealthView, limitMs: number): Check {
  return { name: 'disk', problem: diskStalledMs < limitMs ? null : `an operation hangs for ${Math.round(diskStalledMs)} ms` }
}

/** As Kubernetes' own components answer: `ok`, or a line for each check when asked for or when one fails. */
function answer(name: string, checks: readonly Check[], verbose: boolean, note = ''): HealthAnswer {
  const passed = checks.every(({ problem }) => problem === null)
  if (passed && !verbose) return { status: 200, body: 'ok\n' }
  const lines = checks.map((check) => (check.problem === null ? `[+]${check.name} ok\n` : `[-]${check.name} failed: ${check.problem}\n`))
  return { status: passed ? 200 : 503, body: `${lines.join('')}${note}${name} check ${passed ? 'passed' : 'failed'}\n` }
}
