// bench: what Linux says about a process: CPU time, memory, open files, writes to disks.

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
  return kilobytes(pid, 'VmRSS')
}

/** The largest resident memory that a process has had, in bytes. */
export function peakResidentBytes(pid: number): number {
  return kilobytes(pid, 'VmHWM')
}

/** How many files a process may have open. */
export function openFileLimits(pid: number | 'self'): { readonly soft: number; readonly hard: number } {
  const match = /^Max open files\s+(\w+)\s+(\w+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))
  if (match === null) throw new Error(`/proc/${pid}/limits shows no limit of open files`)
  const limit = (text: string | undefined): number => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text))
  return { soft: limit(match[1]), hard: limit(match[2]) }
}

/** Bytes that a process has caused to be written to disks. */
export function diskWriteBytes(pid: number): number {
  const match = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))
  if (match === null) throw new Error(`/proc/${pid}/io shows no write_bytes`)
  return Number(match[1])
}

function kilobytes(pid: number, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  if (match === null) throw new Error(`/proc/${pid}/status shows no ${field}`)
  return Number(match[1]) * 1024
}
