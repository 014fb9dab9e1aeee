// A difference for people: the steps, then what both sides said, beside each other.

import { opName } from '../../../core/wire/op-classes.ts'
import type { Difference } from './compare.ts'
import { type Observation, type Seen, Stamp, Zxid } from './observe.ts'
import type { Transcript } from './side.ts'
import type { Call, Step } from './steps.ts'

const WIDTH = 78

export function printSteps(steps: readonly Step[], numbers: readonly number[]): string {
  return steps.map((step, i) => `  ${String(numbers[i] ?? i).padStart(3)}  ${describeStep(step)}`).join('\n')
}

export function printDifference({ connection, why, ours, theirs }: Difference): string {
  return `connection ${connection}: ${why}\n${columns('zoarium', 'Apache ZooKeeper')}\n${columns(describe(ours), describe(theirs))}`
}

/** Both logs whole. */
export function printTranscripts(ours: Transcript, theirs: Transcript): string {
  const lines: string[] = []
  const count = Math.max(ours.connections.length, theirs.connections.length)
  for (let c = 0; c < count; c++) {
    lines.push(`connection ${c}`)
    const a = ours.connections[c] ?? []
    const b = theirs.connections[c] ?? []
    for (let i = 0; i < Math.max(a.length, b.length); i++) lines.push(columns(describe(a[i] ?? null), describe(b[i] ?? null)))
  }
  return lines.join('\n')
}

function columns(left: string, right: string): string {
  const a = wrap(left)
  const b = wrap(right)
  const lines: string[] = []
  for (let i = 0; i < Math.max(a.length, b.length); i++) lines.push(`  ${(a[i] ?? '').padEnd(WIDTH)} | ${b[i] ?? ''}`)
  return lines.join('\n')
}

function wrap(text: string): string[] {
  const lines: string[] = []
  for (let at = 0; at < text.length; at += WIDTH) lines.push(text.slice(at, at + WIDTH))
  return lines.length === 0 ? [''] : lines
}

function describe(o: Observation | null): string {
  if (o === null) return '(nothing)'
  const asked = o.asked === null ? '' : ` ${opName(o.asked.op)}`
  return `@${o.step} ${o.kind}${asked} ${o.seen === null ? '' : show(o.seen)}`
}

function show(seen: Seen): string {
  if (seen instanceof Zxid) return `0x${seen.value.toString(16)}${seen.own ? '' : '?'}`
  if (seen instanceof Stamp) return `t${seen.ms % 100_000}`
  if (Array.isArray(seen)) return `[${seen.map((item: Seen) => show(item)).join(', ')}]`
  if (typeof seen === 'object' && seen !== null) {
    return `{${Object.entries(seen)
      .map(([name, value]) => `${name}: ${show(value as Seen)}`)
      .join(', ')}}`
  }
  return JSON.stringify(seen)
}

export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'connect':
      return `slot ${step.slot}: connect ${step.session} (${step.how}), timeout ${step.timeoutMs}, last zxid ${step.lastSeen}, readOnly ${step.readOnly}`
    case 'cut':
      return `slot ${step.slot}: cut`
    case 'raw':
      return `slot ${step.slot}: raw bytes ${step.bytes.toString('hex')}`
    case 'call':
      return `slot ${step.slot}: ${describeCall(step.call)}${step.more ? '  (and the next in one write)' : ''}`
  }
}

function describeCall({ request, opCode, spoil, xid }: Call): string {
  const { op, ...rest } = request
  const fields = JSON.stringify(rest, (_key, value: unknown) => readable(value))
  const extras = [
    opCode === null ? '' : ` sent as op ${opCode}`,
    xid === null ? '' : ` xid ${xid}`,
    spoil === null ? '' : ` spoiled: ${JSON.stringify(spoil, (_key, value: unknown) => readable(value))}`,
  ]
  return `${opName(op)} ${fields}${extras.join('')}`
}

// A Buffer comes here as what its toJSON gives.
function readable(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value) {
    return Buffer.from(value.data as number[]).toString('latin1')
  }
  return value
}
