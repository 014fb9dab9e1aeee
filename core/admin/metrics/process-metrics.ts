// admin: metrics of the process under the names that Prometheus' client libraries agreed on.

import { performance } from 'node:perf_hooks'
import { maxFileDescriptors, openFileDescriptors } from '../process-facts.ts'
import { counter, gauge, type Metric } from './metric.ts'

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

function known(value: number): number | null {
  return value < 0 ? null : value
}

export const PROCESS_METRICS: readonly Metric[] = [
  counter('process_cpu_seconds_total', 'CPU time of the process, user and system, in seconds', (f) => f.process.cpuSeconds),
  gauge('process_resident_memory_bytes', 'Resident memory of the process', (f) => f.process.residentBytes),
  gauge('process_open_fds', 'Open file descriptors', (f) => known(f.process.openFiles)),
  gauge('process_max_fds', 'The most file descriptors that the process may open', (f) => known(f.process.maxFiles)),
  gauge('process_start_time_seconds', 'Start of the process, seconds since 1970', (f) => f.process.startedAtSeconds),
  gauge('nodejs_heap_size_total_bytes', 'JavaScript heap, reserved', (f) => f.process.heapTotalBytes),
  gauge('nodejs_heap_size_used_bytes', 'JavaScript heap, used', (f) => f.process.heapUsedBytes),
  gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the JavaScript heap', (f) => f.process.externalBytes),
]
