// server: the file format of zoo.cfg, java.util.Properties: logical lines of key and value.
//
//   # or ! starts a comment       key=value   key: value   key value       \ at a line's end continues it
//   escapes: \t \n \r \f \uXXXX, and \ before any other character stands for that character

/** One `key = value` and the number of the line it starts on. */
export interface Property {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** Reads `text`; every text is a valid properties file, so nothing is ever refused here. Values lose surrounding blanks, as ZooKeeper trims them. */
export function parseJavaProperties(text: string): Property[] {
  const properties: Property[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (let at = 0; at < lines.length; at++) {
    const first = (lines[at] ?? '').trimStart()
    if (first === '' || first.startsWith('#') || first.startsWith('!')) continue
    const line = at + 1
    let logical = first
    while (isContinued(logical) && at + 1 < lines.length) {
      at += 1
      logical = logical.slice(0, -1) + (lines[at] ?? '').trimStart()
    }
    properties.push(splitProperty(logical, line))
  }
  return properties
}

/** An odd number of backslashes at the end: the last one is not itself escaped. */
function isContinued(line: string): boolean {
  const trailing = /\\*$/.exec(line)
  return trailing !== null && trailing[0].length % 2 === 1
}

function splitProperty(logical: string, line: number): Property {
  // The key ends at the first unescaped =, : or blank.
  const key = /^(?:\\.|[^\\=:\s])*/.exec(logical)?.[0] ?? ''
  const value = logical.slice(key.length).replace(/^\s*[=:]?\s*/, '')
  return { key: unescaped(key), value: unescaped(value).trim(), line }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.?))/g, (_match, unicode: string | undefined, single: string | undefined) => {
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16))
    return ESCAPES[single ?? ''] ?? single ?? ''
  })
}
