// recipes: an instance of a service, and how it stands in its znode: JSON with the names that Curator's service discovery uses.

import { ZoariumError } from '../../core/index.ts'

/** An instance of a service. */
export interface ServiceInstance {
  readonly service: string
  readonly id: string
  readonly address: string
  readonly port: number | null
  /** Whatever else clients should know, as JSON can hold it; `null` for nothing. */
  readonly payload: unknown
  /** Wall-clock milliseconds since 1970 by the instance's own clock. */
  readonly registeredMs: number
}

/** Throws `ERR_CONFIG` for a payload that JSON cannot hold. */
export function encodeInstance(instance: ServiceInstance): string {
  const { service, id, address, port, payload, registeredMs } = instance
  const fields = { name: service, id, address, port, sslPort: null, payload, registrationTimeUTC: registeredMs }
  try {
    return JSON.stringify({ ...fields, serviceType: 'DYNAMIC', uriSpec: null })
  } catch (cause) {
    throw new ZoariumError('ERR_CONFIG', 'payload: expected what JSON can hold', { cause })
  }
}

/** `null`: no instance that could be used. */
export function decodeInstance(service: string, id: string, data: Buffer | null): ServiceInstance | null {
  const fields = parse(data)
  const { address, port, payload, registrationTimeUTC } = fields
  if (typeof address !== 'string') return null
  return {
    service,
    id,
    address,
    port: typeof port === 'number' ? port : null,
    payload: payload ?? null,
    registeredMs: typeof registrationTimeUTC === 'number' ? registrationTimeUTC : 0,
  }
}

function parse(data: Buffer | null): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse((data ?? '').toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
