// Benchmark of the codec of peer messages: a leader's append of 500 writes to 4 followers, and a follower's decoding of it.
// Run: npm run build && node dist/test/bench/peer-codec.js

import type { Append } from '../../core/consensus/messages.ts'
import { readFrame } from '../../core/peer/frame.ts'
import { decodeMessage } from '../../core/peer/message-decoder.ts'
import { AppendBodies, encodeMessage } from '../../core/peer/message-encoder.ts'

const ENTRIES = 500
const PAYLOAD_BYTES = 200
const FOLLOWERS = 4
const ROUNDS = 400
const REPEATS = 7

function appendTo(to: number, base: number): Append {
  const entries = Array.from({ length: ENTRIES }, (_, i) => ({ term: 3, index: base + 1 + i, payload: Buffer.alloc(PAYLOAD_BYTES, i) }))
  return { type: 'append', from: 1, to, term: 3, prevIndex: base, prevTerm: 3, commit: base, entries, silent: false }
}

/** Median of several runs, in microseconds of CPU a call: a machine that others use too does not matter much. */
function measure(work: (round: number) => void): number {
  const runs: number[] = []
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage()
    for (let round = 0; round < ROUNDS; round++) work(round)
    const { user, system } = process.cpuUsage(before)
    runs.push((user + system) / ROUNDS)
  }
  return runs.toSorted((a, b) => a - b)[REPEATS >> 1] as number
}

const appends = Array.from({ length: 8 }, (_, i) => appendTo(2, i * ENTRIES))
const bodies = new AppendBodies()
const oneUs = measure((round) => {
  encodeMessage(appends[round & 7] as Append, bodies)
})
const allUs = measure((round) => {
  for (let to = 2; to < 2 + FOLLOWERS; to++) encodeMessage({ ...(appends[round & 7] as Append), to }, bodies)
})
const wire = appends.map((message) => Buffer.concat(encodeMessage(message, bodies).buffers))
const decodeUs = measure((round) => {
  decodeMessage(readFrame(wire[round & 7] as Buffer), { from: 1, to: 2 })
})
const response = {
  type: 'appendResponse',
  from: 2,
  to: 1,
  term: 3,
  accepted: true,
  index: 9,
  hintIndex: 0,
  hintTerm: 0,
  recovering: false,
} as const
const responseUs = measure(() => {
  for (let i = 0; i < 100; i++) decodeMessage(readFrame(encodeMessage(response, bodies).buffers[0] as Buffer), { from: 2, to: 1 })
})
console.log(`append of ${ENTRIES} entries of ${PAYLOAD_BYTES} bytes, us of CPU`)
console.log(`  encode for one follower      ${oneUs.toFixed(1)}`)
console.log(`  encode for ${FOLLOWERS} followers       ${allUs.toFixed(1)}`)
console.log(`  check and decode             ${decodeUs.toFixed(1)}`)
console.log(`appendResponse, both ways      ${(responseUs / 100).toFixed(2)}`)
