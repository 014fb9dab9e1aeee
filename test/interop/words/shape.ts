// What is compared of two servers' answers: keys, layout and the kinds of values. Values themselves differ.

import { connect } from 'node:net'

/** The whole answer to a four-letter word. */
export function askWord(hosts: string, word: string): Promise<string> {
  const [host = '', port = ''] = hosts.split(':')
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), host, () => socket.write(word))
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject)
    socket.once('close', () => resolve(text))
  })
}

/**
 * The answer with every value replaced by its kind: `<hex>`, `<date>`, `<decimal>`, `<n>`, `<text>` after a dataDir or version. Lines that are alike follow
 * each other once, so that servers may list a different number of connections, watches or sessions.
 */
export function shapeOf(answer: string): string[] {
  const lines = answer.split('\n').map((line) =>
    line
      .replace(/^(zookeeper\.version=|Zookeeper version: |dataDir=|dataLogDir=).*/, '$1<text>')
      .replace(/\w{3} \w{3} \d{2} [\d:]{8} UTC \d{4}/, '<date>')
      .replace(/0x[0-9a-f]+/g, '<hex>')
      .replace(/\d+(\.\d+){3}:\d+/g, '<address>')
      .replace(/(?<![\w<])-?\d+\.\d+/g, '<decimal>')
      .replace(/(?<![\w<])-?\d+/g, '<n>')
      .replace(/lop=\w+/, 'lop=<text>'),
  )
  return lines.filter((line, i) => line !== lines[i - 1])
}

/** Keys and kinds of a JSON value; a list has the shape of its elements. */
export function jsonShape(value: unknown): unknown {
  if (Array.isArray(value))
    return [...new Set(value.map((item) => JSON.stringify(jsonShape(item))))].map((text) => JSON.parse(text) as unknown)
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(
    Object.entries(value)
      // Session ids, times and paths as keys.
      .map(([name, member]) => [/^-?\d+$/.test(name) ? '<n>' : name.startsWith('/') ? '<path>' : name, jsonShape(member)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
