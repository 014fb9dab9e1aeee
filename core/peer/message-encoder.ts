// peer: a message becomes a frame. On the write path: `npm run build && node dist/test/bench/peer-codec.js` measures it.
//
// A leader sends the same entries to every follower; their body and its checksum are made once (AppendBodies) and shared by the frames.

import type { Append } from '../consensus/messages.ts'
import type { Entry, SnapshotMeta } from '../consensus/types.ts'
import { unreachable } from '../support/assert.ts'
import { type Body, bodyOf, encodeFrame, type Frame, FrameKind, NO_BODY } from './frame.ts'
import { zoarium } from './gen/messages.js'
import type { PeerMessage } from './peer-messages.ts'

const wire = zoarium.peer
const NOTHING: Uint8Array = new Uint8Array(0)

export const PULSE: Frame = encodeFrame(FrameKind.pulse, NOTHING)

/** What the entries of an append come to, apart from who they are for. */
interface EntriesPart {
  readonly body: Body
  readonly sizes: number[]
  readonly runTerms: number[]
  readonly runCounts: number[]
}

const NO_ENTRIES: EntriesPart = Object.freeze({ body: NO_BODY, sizes: [], runTerms: [], runCounts: [] })

/** Remembers the entries of the last append, told by the identity of the first and the last: an entry never changes, and lies between its neighbours. */
export class AppendBodies {
  #first: Entry | null = null
  #last: Entry | null = null
  #count = 0
  #part: EntriesPart = NO_ENTRIES

  of(entries: readonly Entry[]): EntriesPart {
    const first = entries[0]
    const last = entries[entries.length - 1]
    if (first === undefined || last === undefined) return NO_ENTRIES
    if (first !== this.#first || last !== this.#last || entries.length !== this.#count) {
      this.#part = partOf(entries)
      this.#first = first
      this.#last = last
      this.#count = entries.length
    }
    return this.#part
  }

  /** Lets go of the entries. */
  clear(): void {
    this.#first = this.#last = null
    this.#part = NO_ENTRIES
  }
}

function partOf(entries: readonly Entry[]): EntriesPart {
  const payloads: Buffer[] = []
  const sizes: number[] = []
  const runTerms: number[] = []
  const runCounts: number[] = []
  let run = -1
  for (const { term, payload } of entries) {
    payloads.push(payload)
    sizes.push(payload.length)
    if (run >= 0 && runTerms[run] === term) {
      runCounts[run] = (runCounts[run] as number) + 1
    } else {
      run += 1
      runTerms.push(term)
      runCounts.push(1)
    }
  }
  return { body: bodyOf(payloads), sizes, runTerms, runCounts }
}

/** Encodes. Throws ERR_TOO_LARGE for what no frame can hold. */
export function encodeMessage(message: PeerMessage, bodies: AppendBodies): Frame {
  switch (message.type) {
    case 'append':
      return append(message, bodies)
    case 'appendResponse':
      return encodeFrame(FrameKind.appendResponse, wire.AppendResponse.encode(message).finish())
    case 'heartbeat':
      return encodeFrame(FrameKind.heartbeat, wire.Heartbeat.encode(message).finish(), bodyOf([message.payload]))
    case 'heartbeatResponse':
      return encodeFrame(FrameKind.heartbeatResponse, wire.HeartbeatResponse.encode(message).finish(), bodyOf([message.payload]))
    case 'forward': {
      const { term, nonceHi, nonceLo, first, payloads } = message
      const sizes = payloads.map((payload) => payload.length)
      return encodeFrame(FrameKind.forward, wire.Forward.encode({ term, nonceHi, nonceLo, first, sizes }).finish(), bodyOf(payloads))
    }
    case 'forwardQuestion':
      return encodeFrame(FrameKind.forwardQuestion, wire.ForwardQuestion.encode(message).finish())
    case 'forwardAnswer':
      return encodeFrame(FrameKind.forwardAnswer, wire.ForwardAnswer.encode(message).finish())
    case 'snapshotChunk':
      return encodeFrame(FrameKind.snapshotChunk, wire.SnapshotChunk.encode(message).finish(), bodyOf([message.bytes]))
    case 'snapshotProgress':
      return encodeFrame(FrameKind.snapshotProgress, wire.SnapshotProgress.encode(message).finish())
    case 'facts':
      return encodeFrame(FrameKind.facts, wire.Facts.encode(message).finish())
    case 'preVote':
    case 'vote':
      return encodeFrame(FrameKind[message.type], wire.Ballot.encode(message).finish())
    case 'preVoteResponse':
    case 'voteResponse':
      return encodeFrame(FrameKind[message.type], wire.BallotResponse.encode(message).finish())
    case 'snapshot':
      return encodeFrame(FrameKind.snapshot, snapshotHead(message.term, message.meta))
    case 'timeoutNow':
    case 'termRequest':
    case 'termResponse':
      return encodeFrame(FrameKind[message.type], wire.TermOnly.encode(message).finish())
    case 'readRequest':
    case 'readResponse':
      return encodeFrame(FrameKind[message.type], wire.ReadIndex.encode(message).finish())
    default:
      return unreachable(message)
  }
}

function append({ term, prevIndex, prevTerm, commit, entries, silent }: Append, bodies: AppendBodies): Frame {
  const { body, sizes, runTerms, runCounts } = bodies.of(entries)
  const head = wire.Append.encode({ term, prevIndex, prevTerm, commit, sizes, runTerms, runCounts, silent }).finish()
  return encodeFrame(FrameKind.append, head, body)
}

function snapshotHead(term: number, { index, term: lastTerm, termStart, configuration }: SnapshotMeta): Uint8Array {
  if (configuration === undefined) return wire.SnapshotHead.encode({ term, index, lastTerm, termStart }).finish()
  const { voters, outgoing, learners, learnersNext, context } = configuration
  return wire.SnapshotHead.encode({
    term,
    index,
    lastTerm,
    termStart,
    configuration: {
      voters: [...voters],
      outgoing: [...outgoing],
      learners: [...learners],
      learnersNext: [...learnersNext],
      context,
    },
  }).finish()
}
