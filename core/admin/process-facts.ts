// admin: what Node and the operating system say about this process, for the answers of `envi` and `mntr` and for metrics.

import { readdirSync, readFileSync } from 'node:fs'
import { arch, homedir, hostname, release, type, userInfo } from 'node:os'
import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** Open file descriptors of this process; -1 where the system does not tell (as ZooKeeper answers then). */
export function openFileDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return -1
  }
}

/** The most file descriptors that this process may open; -1 where the system does not tell. */
export function maxFileDescriptors(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return found === null ? -1 : Number(found[1])
  } catch {
    return -1
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a user id that no table names.
    return String(process.getuid?.() ?? '')
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)}MB`
}

/** The facts that `envi` lists after the version, under ZooKeeper's names; the memory is that of the JavaScript heap. */
export function environmentFacts(): readonly (readonly [name: string, value: string])[] {
  const heap = getHeapStatistics()
  return [
    ['host.name', hostname()],
    ['node.version', process.version],
    ['os.name', type()],
    ['os.arch', arch()],
    ['os.version', release()],
    ['user.name', userName()],
    ['user.home', homedir()],
    ['user.dir', process.cwd()],
    ['os.memory.free', megabytes(heap.total_heap_size - heap.used_heap_size)],
    ['os.memory.max', megabytes(heap.heap_size_limit)],
    ['os.memory.total', megabytes(heap.total_heap_size)],
  ]
}

/** What Node and the system say about this process. */
export interface ProcessFacts {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapTotalBytes: number
  readonly heapUsedBytes: number
  readonly externalBytes: number
  /** -1 where the system does not tell, as is the next one. */
  readonly openFiles: number
  readonly maxFiles: number
  readonly startedAtSeconds: number
  /** For how long the event loop had something to do. */
  readonly eventLoopActiveSeconds: number
}

export function processFacts(): ProcessFacts {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapTotalBytes: heapTotal,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    openFiles: openFileDescriptors(),
    maxFiles: maxFileDescriptors(),
    startedAtSeconds: Date.now() / 1000 - process.uptime(),
    eventLoopActiveSeconds: performance.eventLoopUtilization().active / 1000,
  }
}
