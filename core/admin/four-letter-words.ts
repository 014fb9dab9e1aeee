// admin: answers the four-letter words in ZooKeeper's own field names and layout (org.apache.zookeeper.server.command), so that the
// scripts, exporters and dashboards that parse them need no change. One table; the words themselves are in words/.

import type { ServerView } from '../server/server-view.ts'
import { conf, dirs, envi } from './words/configuration-words.ts'
import { cons, crst } from './words/connection-words.ts'
import { dump } from './words/dump-word.ts'
import { hash } from './words/hash-word.ts'
import { mntr } from './words/mntr-word.ts'
import { srst, srvr, stat } from './words/statistics-words.ts'
import { wchc, wchp, wchs } from './words/watch-words.ts'

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'

type Answer = (view: ServerView) => string

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['ruok', () => 'imok'],
  ['isro', isro],
  ['envi', envi],
  // Nothing is traced here, so no bit of the mask is set and none can be: `stmk` is the one word without an answer.
  ['gtmk', () => '0'],
  ['srvr', ifServing(srvr)],
  ['stat', ifServing(stat)],
  ['srst', ifServing(srst)],
  ['mntr', ifServing(mntr)],
  ['cons', ifServing(cons)],
  ['crst', ifServing(crst)],
  ['conf', ifServing(conf)],
  ['dirs', ifServing(dirs)],
  ['dump', ifServing(dump)],
  ['hash', ifServing(hash)],
  ['wchs', ifServing(wchs)],
  ['wchc', ifServing(wchc)],
  ['wchp', ifServing(wchp)],
])

/** The words that this server can answer, in alphabetical order. */
export const ANSWERED_WORDS: readonly string[] = Object.freeze([...ANSWERS.keys()].sort())

/**
 * The whole answer to `word`, after which the connection is closed. A word outside `whitelist` (`*` allows all) gets ZooKeeper's refusal;
 * one that ZooKeeper knows and this server cannot answer says so.
 */
export function answerFourLetterWord(word: string, view: ServerView, whitelist: readonly string[]): string {
  if (!whitelist.includes('*') && !whitelist.includes(word)) return `${word} is not executed because it is not in the whitelist.\n`
  const answer = ANSWERS.get(word)
  return answer === undefined ? `${word} is not supported by this server.\n` : answer(view)
}

function ifServing(answer: Answer): Answer {
  return (view) => (view.serving ? answer(view) : NOT_SERVING)
}

function isro(view: ServerView): string {
  if (!view.serving) return 'null'
  return view.readOnly ? 'ro' : 'rw'
}
