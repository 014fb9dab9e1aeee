// recipes: validation of arguments, once, with errors that say what was expected and what came.

import { ZoariumError } from '../../core/index.ts'

/** Longest delay that a timer takes. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1

/** A folder of a recipe: absolute, without a trailing slash, not the root. */
export function requirePath(name: string, value: string): string {
  if (typeof value !== 'string' || !/^(?:\/[^/]+)+$/.test(value)) {
    throw new ZoariumError('ERR_CONFIG', `${name}: expected an absolute path below the root without a trailing slash, got ${show(value)}`)
  }
  return value
}

/** A name of one path segment, 1 to 200 characters. */
export function requireName(name: string, value: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 200 || /[/\0]/.test(value) || value === '.' || value === '..') {
    throw new ZoariumError('ERR_CONFIG', `${name}: expected 1 to 200 characters without a slash, got ${show(value)}`)
  }
  return value
}

/** A duration in milliseconds, 0 to 2^31 - 1; `undefined` passes. */
export function requireDuration(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_TIMER_MS)) {
    throw new ZoariumError('ERR_CONFIG', `${name}: expected 0 to ${MAX_TIMER_MS} milliseconds, got ${show(value)}`)
  }
  return value
}

/** A time limit of a call, as the client takes it: whole milliseconds, 0 to 2^31 - 1; `undefined` passes. */
export function requireTimeout(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= MAX_TIMER_MS)) return value
  throw new ZoariumError('ERR_CONFIG', `timeoutMs: expected a whole number of milliseconds from 0 to ${MAX_TIMER_MS}, got ${show(value)}`)
}

/** A whole number from `min` to `max`. */
export function requireCount(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ZoariumError('ERR_CONFIG', `${name}: expected a whole number from ${min} to ${max}, got ${show(value)}`)
  }
  return value
}

/** One of the given words; `undefined` gives `fallback`. */
export function requireOneOf<T extends string>(name: string, value: T | undefined, words: readonly T[], fallback: T): T {
  if (value === undefined) return fallback
  if (!words.includes(value)) throw new ZoariumError('ERR_CONFIG', `${name}: expected one of ${words.join(', ')}, got ${show(value)}`)
  return value
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
