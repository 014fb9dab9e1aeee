// test support: what a server of either make says to a four-letter word.

import { connect } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
}

/** The whole answer; what has come of it if nothing more comes for `silenceMs`. Default: it is waited for. */
export function fourLetters({ host, port }: Address, word: string, silenceMs: number = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, host, () => socket.write(word))
    socket.setTimeout(silenceMs, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject)
    socket.once('close', () => resolve(text))
  })
}

/** Watches of all clients that are connected to this server; it must answer to `mntr`. */
export async function watchesAt(server: Address): Promise<number> {
  const answer = await fourLetters(server, 'mntr')
  const count = /zk_watch_count\s+(\d+)/.exec(answer)?.[1]
  if (count === undefined) throw new Error(`mntr says nothing of watches: ${answer}`)
  return Number(count)
}
