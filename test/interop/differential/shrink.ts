// Makes a sequence that differs as short as it can be made by leaving steps out (Zeller's ddmin). What is left is named by step numbers, so
// that seed, number and list of steps are all it takes to run it again.

/** `differs` runs the sequence with these steps alone. */
export async function shrink(count: number, differs: (kept: readonly number[]) => Promise<boolean>): Promise<number[]> {
  let kept = Array.from({ length: count }, (_, i) => i)
  for (let pieces = 2; kept.length > 1; ) {
    const size = Math.ceil(kept.length / pieces)
    let shorter: number[] | null = null
    for (let at = 0; at < kept.length && shorter === null; at += size) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)]
      if (await differs(without)) shorter = without
    }
    if (shorter !== null) {
      kept = shorter
      pieces = Math.max(2, pieces - 1)
    } else if (size === 1) return kept
    else pieces = Math.min(kept.length, pieces * 2)
  }
  return kept
}
