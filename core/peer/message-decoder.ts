// peer: a frame becomes a message. Every number is checked; payloads are views of the frame.

import { messageProblem } from '../consensus/message-check.ts'
import type { Message } from '../consensus/messages.ts'
import type { Entry } from '../consensus/types.ts'
import { BadBytes } from './bad-bytes.ts'
import { FrameKind, type ReceivedFrame } from './frame.ts'
import { zoarium } from './gen/messages.js'
import type { PeerMessage } from './peer-messages.ts'

/** Who the link says is speaking, and to whom. */
export interface Ends {
  readonly from: number
  readonly to: number
}

const wire = zoarium.peer

/** Payloads in one frame: so many, and one more for each 16 bytes of them. A frame of empty ones cannot fill the memory. */
const MAX_EMPTY_PAYLOADS = 65_536

function natural(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new BadBytes(`${what} is ${value}, expected a natural number`)
  return value
}

function finite(what: string, value: number): number {
  if (!Number.isFinite(value)) throw new BadBytes(`${what} is ${value}, expected a finite number`)
  return value
}

function digest(what: string, value: string): string {
  if (!/^([0-9a-f]{16})?$/.test(value)) throw new BadBytes(`${what} is ${JSON.stringify(value)}, expected 16 hex digits or none`)
  return value
}

/** Decodes; throws BadBytes for whatever is not a message of this protocol. */
export function decodeMessage(frame: ReceivedFrame, ends: Ends): PeerMessage {
  let message: PeerMessage
  try {
    message = read(frame, ends)
  } catch (error) {
    // protobufjs throws errors of several classes at bytes that it cannot read.
    throw new BadBytes(`frame of kind ${frame.kind}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  const problem = isConsensus(message) ? messageProblem(message) : null
  if (problem !== null) throw new BadBytes(`${message.type}: ${problem}`)
  return message
}

function isConsensus(message: PeerMessage): message is Message {
  switch (message.type) {
    case 'forward':
    case 'forwardQuestion':
    case 'forwardAnswer':
    case 'snapshotChunk':
    case 'snapshotProgress':
    case 'facts':
      return false
    default:
      return true
  }
}

function read({ kind, head, body }: ReceivedFrame, ends: Ends): PeerMessage {
  switch (kind) {
    case FrameKind.preVote: {
      const m = wire.Ballot.decode(head)
      return { type: 'preVote', ...ends, ...ballot(m) }
    }
    case FrameKind.vote: {
      const m = wire.Ballot.decode(head)
      return { type: 'vote', ...ends, ...ballot(m), transfer: m.transfer }
    }
    case FrameKind.preVoteResponse: {
      const m = wire.BallotResponse.decode(head)
      return { type: 'preVoteResponse', ...ends, term: natural('term', m.term), granted: m.granted }
    }
    case FrameKind.voteResponse: {
      const m = wire.BallotResponse.decode(head)
      return { type: 'voteResponse', ...ends, term: natural('term', m.term), granted: m.granted }
    }
    case FrameKind.append:
      return append(head, body, ends)
    case FrameKind.appendResponse:
      return appendResponse(head, ends)
    case FrameKind.heartbeat:
      return heartbeat(head, body, ends)
    case FrameKind.heartbeatResponse:
      return heartbeatResponse(head, body, ends)
    case FrameKind.snapshot:
      return snapshot(head, ends)
    case FrameKind.timeoutNow:
      return { type: 'timeoutNow', ...ends, term: natural('term', wire.TermOnly.decode(head).term) }
    case FrameKind.termRequest:
      return { type: 'termRequest', ...ends, term: natural('term', wire.TermOnly.decode(head).term) }
    case FrameKind.termResponse:
      return { type: 'termResponse', ...ends, term: natural('term', wire.TermOnly.decode(head).term) }
    case FrameKind.readRequest: {
      const m = wire.ReadIndex.decode(head)
      return { type: 'readRequest', ...ends, term: natural('term', m.term), id: natural('id', m.id) }
    }
    case FrameKind.readResponse: {
      const m = wire.ReadIndex.decode(head)
      return { type: 'readResponse', ...ends, term: natural('term', m.term), id: natural('id', m.id), index: natural('index', m.index) }
    }
    case FrameKind.forward:
      return forward(head, body, ends)
    case FrameKind.forwardQuestion: {
      const { term, nonceHi, nonceLo, attempt } = wire.ForwardQuestion.decode(head)
      return { type: 'forwardQuestion', ...ends, term: natural('term', term), nonceHi, nonceLo, attempt: natural('attempt', attempt) }
    }
    case FrameKind.forwardAnswer:
      return forwardAnswer(head, ends)
    case FrameKind.snapshotChunk: {
      const m = wire.SnapshotChunk.decode(head)
      return { type: 'snapshotChunk', ...ends, id: natural('id', m.id), offset: natural('offset', m.offset), bytes: body, last: m.last }
    }
    case FrameKind.snapshotProgress: {
      const { id, offset, refused, complete } = wire.SnapshotProgress.decode(head)
      return { type: 'snapshotProgress', ...ends, id: natural('id', id), offset: natural('offset', offset), refused, complete }
    }
    case FrameKind.facts:
      return facts(head, ends)
    default:
      throw new BadBytes('no message of this protocol version')
  }
}

function facts(head: Buffer, ends: Ends): PeerMessage {
  const m = wire.Facts.decode(head)
  return {
    type: 'facts',
    ...ends,
    software: m.software,
    semantics: m.semantics,
    unformed: m.unformed,
    configurationDigest: Buffer.from(m.configurationDigest),
    foundingDigest: Buffer.from(m.foundingDigest),
    clientAddress: m.clientAddress,
    wallMs: finite('wall clock', m.wallMs),
    term: natural('term', m.term),
    leaderId: m.leaderId,
    role: m.role,
    appliedIndex: natural('applied index', m.appliedIndex),
    durableIndex: natural('durable index', m.durableIndex),
    lastZxid: natural('last zxid', m.lastZxid),
    contactMs: finite('contact', m.contactMs),
    serving: m.serving,
    stateDigest: digest('state digest', m.stateDigest),
    markIndex: natural('mark index', m.markIndex),
    markDigest: digest('mark digest', m.markDigest),
    agreeing: m.agreeing,
  }
}

function forwardAnswer(head: Buffer, ends: Ends): PeerMessage {
  const { term, nonceHi, nonceLo, attempt, last } = wire.ForwardAnswer.decode(head)
  return {
    type: 'forwardAnswer',
    ...ends,
    term: natural('term', term),
    nonceHi,
    nonceLo,
    attempt: natural('attempt', attempt),
    last: natural('last number', last),
  }
}

function ballot(m: zoarium.peer.Ballot): { term: number; lastIndex: number; lastTerm: number } {
  return { term: natural('term', m.term), lastIndex: natural('last index', m.lastIndex), lastTerm: natural('last term', m.lastTerm) }
}

function append(head: Buffer, body: Buffer, ends: Ends): PeerMessage {
  const m = wire.Append.decode(head)
  const prevIndex = natural('previous index', m.prevIndex)
  return {
    type: 'append',
    ...ends,
    term: natural('term', m.term),
    prevIndex,
    prevTerm: natural('previous term', m.prevTerm),
    commit: natural('commit index', m.commit),
    entries: entriesOf(m, payloadsOf(m.sizes, body), prevIndex),
    silent: m.silent,
  }
}

function entriesOf({ runTerms, runCounts }: zoarium.peer.Append, payloads: readonly Buffer[], prevIndex: number): Entry[] {
  if (runTerms.length !== runCounts.length) throw new BadBytes(`${runTerms.length} runs of terms have ${runCounts.length} lengths`)
  const entries: Entry[] = []
  let done = 0
  for (let run = 0; run < runTerms.length; run++) {
    const term = natural('term of a run', runTerms[run] as number)
    const end = done + (runCounts[run] as number)
    if (end > payloads.length) throw new BadBytes(`${payloads.length} entries, runs of terms for at least ${end}`)
    for (; done < end; done++) entries.push({ term, index: prevIndex + 1 + done, payload: payloads[done] as Buffer })
  }
  if (done !== payloads.length) throw new BadBytes(`${payloads.length} entries, runs of terms for ${done}`)
  natural('last index', prevIndex + done)
  return entries
}

function payloadsOf(sizes: readonly number[], body: Buffer): Buffer[] {
  if (sizes.length > MAX_EMPTY_PAYLOADS + body.length / 16) throw new BadBytes(`${sizes.length} payloads in ${body.length} bytes`)
  let total = 0
  for (const size of sizes) total += size
  if (total !== body.length) throw new BadBytes(`payloads of ${total} bytes in a body of ${body.length}`)
  const payloads: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    payloads.push(body.subarray(at, at + size))
    at += size
  }
  return payloads
}

function appendResponse(head: Buffer, ends: Ends): PeerMessage {
  const m = wire.AppendResponse.decode(head)
  return {
    type: 'appendResponse',
    ...ends,
    term: natural('term', m.term),
    accepted: m.accepted,
    index: natural('index', m.index),
    hintIndex: natural('hinted index', m.hintIndex),
    hintTerm: natural('hinted term', m.hintTerm),
    recovering: m.recovering,
  }
}

function heartbeat(head: Buffer, payload: Buffer, ends: Ends): PeerMessage {
  const m = wire.Heartbeat.decode(head)
  return {
    type: 'heartbeat',
    ...ends,
    term: natural('term', m.term),
    commit: natural('commit index', m.commit),
    round: natural('round', m.round),
    echo: natural('echo', m.echo),
    payload,
  }
}

function heartbeatResponse(head: Buffer, payload: Buffer, ends: Ends): PeerMessage {
  const m = wire.HeartbeatResponse.decode(head)
  return {
    type: 'heartbeatResponse',
    ...ends,
    term: natural('term', m.term),
    round: natural('round', m.round),
    counter: natural('counter', m.counter),
    recovering: m.recovering,
    payload,
  }
}

function snapshot(head: Buffer, ends: Ends): PeerMessage {
  const m = wire.SnapshotHead.decode(head)
  const meta = {
    index: natural('index', m.index),
    term: natural('term of the snapshot', m.lastTerm),
    termStart: natural('start of the term', m.termStart),
  }
  const term = natural('term', m.term)
  const c = m.configuration
  if (c == null) return { type: 'snapshot', ...ends, term, meta }
  const configuration = {
    voters: [...(c.voters ?? [])],
    outgoing: [...(c.outgoing ?? [])],
    learners: [...(c.learners ?? [])],
    learnersNext: [...(c.learnersNext ?? [])],
    context: Buffer.from(c.context ?? []),
  }
  return { type: 'snapshot', ...ends, term, meta: { ...meta, configuration } }
}

function forward(head: Buffer, body: Buffer, ends: Ends): PeerMessage {
  const { term, nonceHi, nonceLo, first, sizes } = wire.Forward.decode(head)
  if (sizes.length === 0) throw new BadBytes('no payload')
  return {
    type: 'forward',
    ...ends,
    term: natural('term', term),
    nonceHi,
    nonceLo,
    first: natural('first number', first),
    payloads: payloadsOf(sizes, body),
  }
}
