// server: the keys of zoo.cfg about admin HTTP and metrics that mean something together only; looked at when the whole file is read.
//
//   admin.enableServer=true            port 8080, or admin.serverPort          =false      none, whatever else is said
//   metricsProvider.className=…Prometheus…   port 7000, or metricsProvider.httpPort      another name: no port

import type { CollectedOptions } from './zoo-key.ts'
import { readBoolean, readInteger, refuseValue } from './zoo-values.ts'

/** A value and where it stands. */
export interface Placed {
  readonly value: string
  readonly at: string
}

const ZOOKEEPER_ADMIN_PORT = 8080
const ZOOKEEPER_METRICS_PORT = 7000

/** Completes `options`. Returns warnings; throws `ERR_CONFIG`. */
export function settleAdminKeys(placed: ReadonlyMap<string, Placed>, options: CollectedOptions): string[] {
  return [...settleAdmin(placed, options), ...settleMetrics(placed, options)]
}

function settleAdmin(placed: ReadonlyMap<string, Placed>, options: CollectedOptions): string[] {
  const enable = placed.get('admin.enableServer')
  if (enable !== undefined) {
    if (readBoolean(enable.value, enable.at)) options.adminPort ??= ZOOKEEPER_ADMIN_PORT
    else options.adminPort = null
  }
  if (options.adminPort == null || options.adminHost !== undefined) return []
  const { at } = placed.get('admin.serverPort') ?? enable ?? { at: '' }
  return [`${at}: admin.serverAddress is not set: the admin HTTP listens on 127.0.0.1 only (ZooKeeper listens on every address)`]
}

function settleMetrics(placed: ReadonlyMap<string, Placed>, options: CollectedOptions): string[] {
  const provider = placed.get('metricsProvider.className')
  const port = placed.get('metricsProvider.httpPort')
  // Also a port without effect has to be one.
  const chosen = port === undefined ? ZOOKEEPER_METRICS_PORT : readInteger(port.value, port.at, 0, 65535)
  if (provider === undefined || !isPrometheus(provider)) {
    return port === undefined ? [] : [`${port.at}: ignored: metricsProvider.className is not that of Prometheus`]
  }
  options.metricsPort = chosen
  if (options.metricsHost !== undefined) return []
  return [`${provider.at}: metricsProvider.httpHost is not set: metrics are served on 127.0.0.1 only (ZooKeeper listens on every address)`]
}

function isPrometheus({ value, at }: Placed): boolean {
  if (/(^|\.)PrometheusMetricsProvider$/.test(value)) return true
  if (/(^|\.)(Default|Null)MetricsProvider$/.test(value)) return false
  throw refuseValue(at, 'PrometheusMetricsProvider, DefaultMetricsProvider or NullMetricsProvider', value)
}
