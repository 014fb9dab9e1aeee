// bench: what Linux says about a process: CPU time and resident memory.

import { readFileSync } from 'node:fs'

// USER_HZ, fixed at 100 in the kernel's interface on every architecture Node runs on.
const TICKS_PER_SEC = 100
// Positions counted after the closing parenthesis of the command name (proc(5): fields 14 and 15).
const UTIME = 11
const STIME = 12

/** User plus system CPU seconds of a process, all its threads, since its start. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SEC
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  if (match === null) throw new Error(`/proc/${pid}/status shows no VmRSS`)
  return Number(match[1]) * 1024
}
