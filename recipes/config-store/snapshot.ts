// recipes: a configuration at one moment, and what makes it unchangeable.

/** A configuration as it was at one moment. Nothing of it ever changes. */
export interface ConfigSnapshot<Value> {
  /** What the schema made of the document, frozen to the last plain object and array. */
  readonly value: Readonly<Value>
  /** `remote`: read from the ensemble. `defaults`: the defaults, since nothing valid was there. */
  readonly source: 'remote' | 'defaults'
  /** The znode's data version; it begins again at 0 when the znode is made anew. -1 for defaults. */
  readonly version: number
  /** The zxid of the change: grows with every change, always. 0n for defaults. */
  readonly zxid: bigint
  /** When it was written: milliseconds since 1970 by the ensemble's clock; 0 for defaults. */
  readonly mtimeMs: number
}

/** Freezes `value` and every plain object and array in it. Instances of classes are frozen themselves; what they hide stays as it is. */
export function deepFreeze<T>(value: T, seen: Set<object> = new Set()): Readonly<T> {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value
  seen.add(value)
  for (const part of Object.values(value)) deepFreeze(part, seen)
  return Object.freeze(value)
}
