// bench: how a table of figures is laid out.

export interface TableStyle {
  /** Marks a ratio or a verdict as better (true) or worse. */
  readonly ratio: (text: string, better: boolean) => string
}

export const PLAIN_STYLE: TableStyle = { ratio: (text) => text }
export const COLOUR_STYLE: TableStyle = { ratio: (text, better) => `\u001b[${better ? 32 : 31}m${text}\u001b[0m` }

export interface TableCell {
  readonly text: string
  readonly better?: boolean
}

/** Lines that read well in a terminal and in Markdown. The first row is the head; the first `words` columns hold words, the others figures. */
export function layOut(rows: readonly (readonly TableCell[])[], style: TableStyle, words = 1): string {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.text.length ?? 0))
  const widths = (rows[0] ?? []).map((_, column) => width(column))
  const line = (row: readonly TableCell[]): string => {
    const cells = row.map(({ text, better }, column) => {
      const padded = column < words ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
      return better === undefined ? padded : style.ratio(padded, better)
    })
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((w, column) => (column < words ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`))
  const [head, ...body] = rows.map(line)
  return [head, `| ${rule.join(' | ')} |`, ...body].join('\n')
}

/** `ours / theirs`, empty when one of them is not there. */
export function ratioCell(ours: number | null, theirs: number | null, sense: 'more' | 'less'): TableCell {
  if (ours === null || theirs === null || theirs === 0) return { text: '' }
  const ratio = ours / theirs
  return { text: `${ratio.toFixed(2)} x`, better: sense === 'more' ? ratio >= 1 : ratio <= 1 }
}
