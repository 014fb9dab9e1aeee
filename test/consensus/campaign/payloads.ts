// What entries carry in the simulation: a number that occurs once, or a configuration.

import type { ConfigurationCodec } from '../../../core/consensus/options.ts'
import type { Configuration } from '../../../core/consensus/types.ts'

const NUMBER = 0
const CONFIGURATION = 1
const NOTHING: Buffer = Buffer.alloc(0)

/** `bytes`: how long it is at least. */
export function numberPayload(value: number, bytes = 5): Buffer {
  const payload = Buffer.alloc(Math.max(5, bytes))
  payload[0] = NUMBER
  payload.writeUInt32LE(value, 1)
  return payload
}

export const CODEC: ConfigurationCodec = {
  read(payload) {
    return payload[0] === CONFIGURATION ? readConfiguration(payload) : null
  },
  write({ voters, outgoing, learners, learnersNext }) {
    const lists = [voters, outgoing, learners, learnersNext]
    return Buffer.from([CONFIGURATION, ...lists.flatMap((list) => [list.length, ...list])])
  },
}

export function describePayload(payload: Buffer): string {
  const configuration = CODEC.read(payload)
  if (configuration !== null) return describeConfiguration(configuration)
  return payload.length < 5 ? payload.toString('latin1') : String(payload.readUInt32LE(1))
}

export function describeConfiguration({ voters, outgoing, learners, learnersNext }: Configuration): string {
  const joint = outgoing.length === 0 ? '' : ` from ${outgoing.join(' ')}`
  const learn = learners.length === 0 ? '' : ` learners ${learners.join(' ')}`
  const next = learnersNext.length === 0 ? '' : ` next ${learnersNext.join(' ')}`
  return `{voters ${voters.join(' ')}${joint}${learn}${next}}`
}

function readConfiguration(payload: Buffer): Configuration {
  let at = 1
  const list = (): number[] => {
    const length = payload[at++] ?? 0
    const ids = [...payload.subarray(at, at + length)]
    at += length
    return ids
  }
  return { voters: list(), outgoing: list(), learners: list(), learnersNext: list(), context: NOTHING }
}
