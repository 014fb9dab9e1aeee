// bench: the line without which a figure says nothing: what it was measured on.

import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'

export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  readonly java: string | null
}

function javaVersion(): string | null {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  return /version "([^"]+)"/.exec(stderr ?? '')?.[1] ?? null
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: all[0]?.model.trim() ?? 'unknown CPU',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    java: javaVersion(),
  }
}

export function machineLine(m: Machine): string {
  const parts = [m.date, `${m.cpu}, ${m.cores} cores`, `${m.memoryGiB} GiB`, `Linux ${m.kernel}`, `Node ${m.node}`]
  if (m.java !== null) parts.push(`Java ${m.java}`)
  return parts.join(' · ')
}
