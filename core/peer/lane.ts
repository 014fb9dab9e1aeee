// peer: one connection between two servers: frames in, frames out, and whether the other end still lives.
//
// Liveness does not depend on reading: each end sends a pulse when it has nothing else to send, and a dialler that sees none breaks the lane. Silence is
// counted in beats of its own timer, so that a process that did not run for a while does not take its own absence for the other's.

import type { Socket } from 'node:net'
import { BadBytes } from './bad-bytes.ts'
import { type Frame, FrameKind, type ReceivedFrame } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { MAX_HANDSHAKE_FRAME_BYTES } from './handshake-codec.ts'
import { PULSE } from './message-encoder.ts'
import { OutQueue, type Rank } from './out-queue.ts'
import type { PeerClock } from './peer-clock.ts'
import type { CloseReason, PeerCounters } from './peer-counters.ts'

/** Above this `drained` follows when it is less again. */
const HIGH_WATER_BYTES = 256 * 1024
/** What an orderly end may take. */
const LINGER_MS = 250

export interface LaneSettings {
  readonly maxFrameBytes: number
  /** More waiting than this breaks the lane. */
  readonly maxBufferedBytes: number
  readonly pulseMs: number
  readonly clock: PeerClock
  readonly counters: PeerCounters
}

export interface LaneOwner {
  /** A frame other than a pulse. Bad content: close the lane. */
  frame(lane: Lane, frame: ReceivedFrame): void
  /** Much was waiting, and now it is little. */
  drained(lane: Lane): void
  /** It has ended. Once; nothing is called after it. */
  closed(lane: Lane, reason: CloseReason, error: Error | null): void
}

export class Lane {
  readonly socket: Socket
  readonly #settings: LaneSettings
  readonly #owner: LaneOwner
  readonly #reader: FrameReader
  readonly #queue = new OutQueue()
  #reason: CloseReason | null = null
  #error: Error | null = null
  #ended = false
  #paused = false
  #wasHigh = false
  #cancelPulse: () => void = () => {}
  #cancelLinger: () => void = () => {}
  #silentBeats = 0
  #wroteSincePulse = false

  constructor(socket: Socket, settings: LaneSettings, owner: LaneOwner) {
    this.socket = socket
    this.#settings = settings
    this.#owner = owner
    this.#reader = new FrameReader(MAX_HANDSHAKE_FRAME_BYTES, (frame) => this.#received(frame))
    socket.on('data', (chunk: Buffer) => this.#data(chunk))
    socket.on('drain', () => this.#drain())
    socket.on('error', (error) => {
      this.#error ??= error
      this.#end('reset')
    })
    socket.on('end', () => this.close('reset'))
    socket.once('close', () => this.#end('reset'))
  }

  get open(): boolean {
    return this.#reason === null
  }

  /** Bytes that were given to `write` and not yet to the kernel. */
  get bufferedBytes(): number {
    return this.#queue.bytes + this.socket.writableLength
  }

  /** The handshake is over: frames of any size, pulses, and an end after `silenceMs` without a byte. */
  live(silenceMs: number): void {
    this.#reader.maxFrameBytes = this.#settings.maxFrameBytes
    this.#beat(Math.max(2, Math.ceil(silenceMs / this.#settings.pulseMs)))
  }

  write(frame: Frame, rank: Rank): void {
    if (!this.open || this.#ended) return
    this.#queue.push(frame, rank)
    this.#pump()
    const waiting = this.bufferedBytes
    // Not at once: whoever sends must not be told of the end while it does.
    if (waiting > this.#settings.maxBufferedBytes) queueMicrotask(() => this.close('overflow'))
    else if (waiting > HIGH_WATER_BYTES) this.#wasHigh = true
  }

  /** Nothing is read any more, so that the other end feels it. */
  pause(): void {
    this.#paused = true
    this.socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#silentBeats = 0
    this.#guarded(() => this.#reader.resume())
    if (!this.#paused) this.socket.resume()
  }

  /** Ends it at once: what came and was not delivered never will be. */
  close(reason: CloseReason, error: Error | null = null): void {
    if (!this.open) return
    this.#error ??= error
    this.socket.destroy()
    this.#end(reason)
  }

  /** Lets what waits leave, then ends it. */
  finish(): void {
    if (!this.open || this.#ended) return
    this.#ended = true
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) this.#put(frame)
    this.socket.end()
    this.#cancelLinger = this.#settings.clock.after(LINGER_MS, () => this.close('closed'))
  }

  #end(reason: CloseReason): void {
    if (!this.open) return
    this.#reason = this.#ended ? 'closed' : reason
    this.#queue.clear()
    this.#cancelPulse()
    this.#cancelLinger()
    this.#settings.counters.ended[this.#reason] += 1
    this.#owner.closed(this, this.#reason, this.#error)
  }

  #data(chunk: Buffer): void {
    if (!this.open) return
    this.#settings.counters.bytesReceived += chunk.length
    this.#silentBeats = 0
    this.#guarded(() => this.#reader.push(chunk))
  }

  /** Bad bytes end the lane; whatever else is thrown is a bug and nobody's to catch here. */
  #guarded(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof BadBytes)) throw error
      this.close('badBytes', error)
    }
  }

  #received(frame: ReceivedFrame): boolean {
    // Frames of one chunk: a former one may have closed the lane.
    if (!this.open) return false
    if (frame.kind !== FrameKind.pulse) this.#owner.frame(this, frame)
    return this.open && !this.#paused
  }

  #pump(): void {
    const { socket } = this
    if (!this.open || socket.writableNeedDrain) return
    const first = this.#queue.shift()
    if (first === undefined) return
    // Most turns have one small frame for a lane, which leaves at once.
    if (this.#queue.bytes === 0 && first.buffers.length === 1) {
      this.#put(first)
      return
    }
    socket.cork()
    for (let frame: Frame | undefined = first; frame !== undefined; frame = socket.writableNeedDrain ? undefined : this.#queue.shift()) {
      this.#put(frame)
    }
    socket.uncork()
  }

  #drain(): void {
    this.#pump()
    if (this.open && this.#wasHigh && this.bufferedBytes <= HIGH_WATER_BYTES / 2) {
      this.#wasHigh = false
      this.#owner.drained(this)
    }
  }

  #put({ buffers, bytes }: Frame): void {
    this.#wroteSincePulse = true
    this.#settings.counters.bytesSent += bytes
    for (const buffer of buffers) this.socket.write(buffer)
  }

  #beat(maxSilentBeats: number): void {
    this.#cancelPulse = this.#settings.clock.after(this.#settings.pulseMs, () => {
      this.#silentBeats = this.#paused ? 0 : this.#silentBeats + 1
      if (this.#silentBeats > maxSilentBeats) {
        this.close('silent')
        return
      }
      if (!this.#wroteSincePulse && this.bufferedBytes === 0) this.write(PULSE, 'urgent')
      this.#wroteSincePulse = false
      if (this.open) this.#beat(maxSilentBeats)
    })
  }
}
