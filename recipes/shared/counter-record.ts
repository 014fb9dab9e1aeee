// recipes: what a counter's znode holds, as text: the value, and who brought it there last. Other programs may write a number alone.

import { ZoariumError } from '../../core/index.ts'

//   42                   the value
//   x81k3hd02mfa 40 42   the newest write: its id, and the values before and after it
//   9qk2v0d8sj1z 39 40   the one before ... at most RING of them

/** Writes that are remembered: so many others may write between a lost reply and the look at what became of it. */
export const RING = 32 as const

/** One write. */
export interface CounterWrite {
  readonly id: string
  readonly before: bigint
  readonly after: bigint
}

/** The data of a counter's znode. */
export interface CounterRecord {
  readonly value: bigint
  /** The newest first. */
  readonly writes: readonly CounterWrite[]
}

const INTEGER = /^-?\d+$/

/** A record after one more write. */
export function written(record: CounterRecord, write: CounterWrite): CounterRecord {
  return { value: write.after, writes: [write, ...record.writes].slice(0, RING) }
}

export function encodeCounter({ value, writes }: CounterRecord): string {
  return [String(value), ...writes.map(({ id, before, after }) => `${id} ${before} ${after}`)].join('\n')
}

/** Rejects what is no counter with `ERR_VALIDATION`. */
export function decodeCounter(path: string, data: Buffer | null): CounterRecord {
  const [first = '', ...lines] = (data ?? '').toString().trimEnd().split('\n')
  if (!INTEGER.test(first.trim())) throw new ZoariumError('ERR_VALIDATION', `counter ${path}: expected an integer`, { path })
  const writes = lines.map((line): CounterWrite => {
    const [id = '', before = '', after = ''] = line.split(' ')
    if (!INTEGER.test(before) || !INTEGER.test(after))
      throw new ZoariumError('ERR_VALIDATION', `counter ${path}: expected writes after the value`, { path })
    return { id, before: BigInt(before), after: BigInt(after) }
  })
  return { value: BigInt(first.trim()), writes }
}
