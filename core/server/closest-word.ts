// server: "did you mean": the known word with the smallest edit distance to a mistyped one.

/** The word of `known` nearest to `typed` ignoring case, or `null` when none is near enough to be what was meant. */
export function closestWord(typed: string, known: readonly string[]): string | null {
  const wanted = typed.toLowerCase()
  let best: string | null = null
  // A third of the letters may differ; more is another word.
  let bestDistance = Math.floor(typed.length / 3) + 1
  for (const word of known) {
    const distance = editDistance(wanted, word.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = word
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein's distance row by row; any number >= `limit` once it is sure to reach that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let smallest = i
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const distance = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      row.push(distance)
      if (distance < smallest) smallest = distance
    }
    if (smallest >= limit) return limit
    previous = row
  }
  return previous[b.length] ?? limit
}
