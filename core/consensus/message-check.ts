// consensus: whether a message that came over a link is well formed. The link closes on a problem; nothing malformed reaches a member. PURE.

import { unreachable } from '../support/assert.ts'
import { MAX_TERM } from '../support/int64.ts'
import { MAX_CONTEXT_BYTES } from './configuration.ts'
import type { Append, AppendResponse, Message } from './messages.ts'
import { isVoter, MAX_VOTERS } from './quorum.ts'
import type { Configuration, SnapshotMeta } from './types.ts'

const MAX_ID = 0xffff_ffff

/** What is wrong with a message in itself, `null` if nothing is. */
export function messageProblem(m: Message): string | null {
  if (!isId(m.from) || !isId(m.to) || m.from === m.to) return 'sender and receiver are two servers'
  if (!isTerm(m.term)) return `term ${m.term}`
  switch (m.type) {
    case 'preVote':
    case 'vote':
      return endProblem(m.lastTerm, m.lastIndex)
    case 'append':
      return appendProblem(m)
    case 'appendResponse':
      return appendResponseProblem(m)
    case 'heartbeat':
      return isNatural(m.commit) && isNatural(m.round) && m.round > 0 && isNatural(m.echo) ? null : 'a heartbeat has natural numbers'
    case 'heartbeatResponse':
      return isNatural(m.round) && isNatural(m.counter) && m.counter > 0 ? null : 'the answer to a heartbeat has natural numbers'
    case 'snapshot':
      return metaProblem(m.meta, m.term)
    case 'readRequest':
      return isNatural(m.id) ? null : `read ${m.id}`
    case 'readResponse':
      return isNatural(m.id) && isNatural(m.index) ? null : `read ${m.id} at ${m.index}`
    case 'preVoteResponse':
    case 'voteResponse':
    case 'timeoutNow':
    case 'termRequest':
    case 'termResponse':
      return null
    default:
      return unreachable(m)
  }
}

function isNatural(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isTerm(value: number): boolean {
  return isNatural(value) && value <= MAX_TERM
}

function isId(value: number): boolean {
  return isNatural(value) && value >= 1 && value <= MAX_ID
}

// An empty log ends with index 0 of term 0; nothing else has either.
function endProblem(term: number, index: number): string | null {
  return isTerm(term) && isNatural(index) && (term === 0) === (index === 0) ? null : `a log that ends with ${term}/${index}`
}

function appendProblem({ term, prevTerm, prevIndex, commit, entries }: Append): string | null {
  if (!isNatural(commit)) return `commit index ${commit}`
  let last = endProblem(prevTerm, prevIndex)
  let index = prevIndex
  let entryTerm = prevTerm
  for (const entry of entries) {
    index += 1
    if (entry.index !== index) last ??= `entry ${entry.index} where ${index} belongs`
    if (!isTerm(entry.term) || entry.term < Math.max(1, entryTerm) || entry.term > term) last ??= `entry ${index} is of term ${entry.term}`
    entryTerm = entry.term
  }
  return last ?? (prevTerm > term ? `a leader of term ${term} speaks of term ${prevTerm}` : null)
}

function appendResponseProblem({ index, hintIndex, hintTerm }: AppendResponse): string | null {
  return isNatural(index) && isNatural(hintIndex) && isTerm(hintTerm) ? null : 'the answer to an append has natural numbers'
}

function metaProblem({ index, term, termStart, configuration }: SnapshotMeta, leaderTerm: number): string | null {
  if (!isNatural(index) || index === 0 || !isTerm(term) || term === 0 || term > leaderTerm) return `a snapshot at ${term}/${index}`
  if (!isNatural(termStart) || termStart < 1 || termStart > index) return `term ${term} begins at ${termStart}`
  return configuration === undefined ? null : configurationProblem(configuration)
}

function configurationProblem(configuration: Configuration): string | null {
  const { voters, outgoing, learners, learnersNext, context } = configuration
  if (voters.length === 0 || voters.length > MAX_VOTERS || outgoing.length > MAX_VOTERS) return 'a configuration has 1 to 7 voters'
  const lists = [voters, outgoing, learners, learnersNext]
  if (!lists.every((list) => list.every((id, i) => isId(id) && id > (list[i - 1] ?? 0)))) return 'a configuration lists ids in their order'
  if (learners.some((id) => isVoter(configuration, id))) return 'nobody learns and votes'
  if (!learnersNext.every((id) => outgoing.includes(id) && !voters.includes(id))) return 'who learns next has voted before'
  return context.length > MAX_CONTEXT_BYTES ? `a configuration with ${context.length} bytes of context` : null
}
