// Puts simulated time, randomness and sockets in the place of Node's, in this process, for good: the client and the recipes run as they are. Only code of a
// Machine gets the simulated ones; to be loaded before the package is.
//
//   performance.now, Date.now, setTimeout, setImmediate, Math.random, crypto.getRandomValues, crypto.randomUUID, net.connect     of the current machine
//   process.pid, os.hostname                                                                                                      the same everywhere
//   process.emitWarning                                                                                                           told to a listener

import { webcrypto } from 'node:crypto'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { random as nanoidBytes } from 'nanoid'
import type { OpenOptions } from './client-network.ts'
import { currentMachine, type SimTimer } from './machine.ts'

const WALL_MS = 1.7e12
const PID = 4711
/** The pool that nanoid fills: so many bytes of it at a time, whoever asks first. */
const LARGEST_ID_BYTES = 64

type Connect = (options: OpenOptions) => unknown

const require = createRequire(import.meta.url)
const timers = require('node:timers') as Record<string, unknown>
const net = require('node:net') as Record<string, unknown>
const os = require('node:os') as Record<string, unknown>
const real = {
  setImmediate,
  setTimeout,
  clearTimeout,
  clearImmediate,
  now: performance.now.bind(performance),
  date: Date.now,
  random: Math.random,
}

let connect: Connect | null = null
let warned: (warning: unknown) => void = () => {}
let poolFills = 0

/** Real time may be needed even here: the loop between two virtual events. */
export const realSetImmediate: typeof setImmediate = real.setImmediate
export const realNow: () => number = real.now

/** Who opens sockets and hears warnings of the process, from now on. */
export function route(openSocket: Connect, onWarning: (warning: unknown) => void): void {
  connect = openSocket
  warned = onWarning
}

/** Throws away what nanoid has drawn in advance, so that names depend on the seed alone. Its next bytes come from the current machine. */
export function forgetDrawnIds(): void {
  const before = poolFills
  while (poolFills === before) nanoidBytes(1)
}

function cancel(timer: unknown): boolean {
  if (typeof timer !== 'object' || timer === null || !('cancel' in timer)) return false
  ;(timer as SimTimer).cancel()
  return true
}

function install(): void {
  const fakes = {
    setTimeout: (call: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) =>
      currentMachine()?.setTimer(ms, () => call(...args)) ?? real.setTimeout(call, ms, ...args),
    setImmediate: (call: (...args: unknown[]) => void, ...args: unknown[]) =>
      currentMachine()?.setImmediate(() => call(...args)) ?? real.setImmediate(call, ...args),
    clearTimeout: (timer?: NodeJS.Timeout) => cancel(timer) || real.clearTimeout(timer),
    clearImmediate: (timer?: NodeJS.Immediate) => cancel(timer) || real.clearImmediate(timer),
  }
  Object.assign(globalThis, fakes)
  Object.assign(timers, fakes)
  performance.now = () => currentMachine()?.nowMs ?? real.now()
  Date.now = () => {
    const machine = currentMachine()
    return machine === undefined ? real.date() : WALL_MS + Math.floor(machine.nowMs)
  }
  Math.random = () => currentMachine()?.random.next() ?? real.random()
  Object.defineProperties(webcrypto, {
    getRandomValues: { configurable: true, value: randomValues },
    randomUUID: {
      configurable: true,
      value: () =>
        randomValues(Buffer.alloc(16))
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    },
  })
  net['connect'] = (options: OpenOptions) => {
    if (connect === null) throw new Error('nobody opens sockets')
    return connect(options)
  }
  os['hostname'] = () => 'simulated'
  Object.defineProperty(process, 'pid', { configurable: true, value: PID })
  process.emitWarning = (warning: unknown) => warned(warning)
  syncBuiltinESMExports()
  nanoidBytes(LARGEST_ID_BYTES)
}

function randomValues(bytes: Buffer): Buffer {
  poolFills += 1
  const machine = currentMachine()
  for (let i = 0; i < bytes.length; i++) bytes[i] = machine === undefined ? 0 : machine.random.below(256)
  return bytes
}

install()
