// admin: metrics of the process under the names that Prometheus' client libraries agreed on.

import { counter, gauge, type Metric } from './metric.ts'

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
