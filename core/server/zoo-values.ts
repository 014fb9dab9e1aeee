// server: values of zoo.cfg, read with an error that says where, what was expected and what came.

import { ZoariumError } from '../errors.ts'

/** The `ERR_CONFIG` for a value; `got` null keeps a secret out of the message. */
export function refuseValue(at: string, expected: string, got: string | null): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `${at}: expected ${expected}, got ${got === null ? 'something else' : JSON.stringify(got)}`)
}

/** A whole number, decimal or (as Java decodes them) hexadecimal with 0x. */
export function readInteger(value: string, at: string, min: number, max: number): number {
  const number = /^(0x[0-9a-f]+|-?\d+)$/i.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max)) throw refuseValue(at, `an integer from ${min} to ${max}`, value)
  return number
}

/** true or yes, false or no; ZooKeeper uses both pairs. */
export function readBoolean(value: string, at: string): boolean {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'yes') return true
  if (lower === 'false' || lower === 'no') return false
  throw refuseValue(at, 'true, false, yes or no', value)
}
