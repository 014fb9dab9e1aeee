// cli: signals. The first SIGTERM or SIGINT asks for an orderly end; the second ends the process at once. SIGHUP reads files again.

import { constants } from 'node:os'

export type StopSignal = 'SIGTERM' | 'SIGINT'
const STOP_SIGNALS: readonly StopSignal[] = ['SIGTERM', 'SIGINT']

/** Resolves with the first stop signal. From then on another one ends the process with 128 + its number, whatever it is doing. */
export function stopRequested(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (asked) process.exit(128 + constants.signals[signal])
        asked = true
        resolve(signal)
      })
    }
  })
}

/** Calls `reload` at each SIGHUP. Without this it would end the process. */
export function onHangUp(reload: () => void): void {
  process.on('SIGHUP', reload)
}

/** Whether `work` settled within `limitMs`. Its rejection is passed on. */
export function endsWithin(work: Promise<void>, limitMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), limitMs)
    work.then(
      () => {
        clearTimeout(timer)
        resolve(true)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
