// Addresses and ranges as text.
import { expect, test } from 'vitest'
import { inRange, parseAddress, parseRange } from '../../core/tree/ip-address.ts'

const zeros = (count: number): number[] => new Array<number>(count).fill(0)

test.each<[string, number[] | null]>([
  ['1.2.3.4', [1, 2, 3, 4]],
  ['255.255.255.255', [255, 255, 255, 255]],
  ['1.2.3', null],
  ['1.2.3.4.5', null],
  ['1.2.3.256', null],
  ['1.2.3.-1', null],
  ['1..2.3', null],
  ['', null],
  ['localhost', null],
  ['::', zeros(16)],
  ['::1', [...zeros(15), 1]],
  ['1::', [0, 1, ...zeros(14)]],
  ['2001:db8::ff00:42:8329', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x42, 0x83, 0x29]],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ['1:2:3:4:5:6:7', null],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1:2:3:4::5:6:7:8', null],
  ['1::2::3', null],
  [':1', null],
  ['1:', null],
  [':::', null],
  ['12345::', null],
  ['g::', null],
  ['::ffff:10.0.0.1', [10, 0, 0, 1]],
  ['::ffff:a00:1', [10, 0, 0, 1]],
  ['64:ff9b::10.0.0.1', [0, 0x64, 0xff, 0x9b, ...zeros(8), 10, 0, 0, 1]],
  ['10.0.0.1::', null],
])('address %s', (text, bytes) => {
  expect(parseAddress(text)).toEqual(bytes)
})

test.each<[string, number | null]>([
  ['10.0.0.0/8', 8],
  ['10.0.0.0/0', 0],
  ['10.0.0.0/32', 32],
  ['10.0.0.0', 32],
  ['::/128', 128],
  ['10.0.0.0/33', null],
  ['::/129', null],
  ['10.0.0.0/', null],
  ['10.0.0.0/-1', null],
  ['10.0.0.0/8/8', null],
  ['/8', null],
])('range %s', (text, bits) => {
  expect(parseRange(text)?.bits ?? null).toBe(bits)
})

test.each<[string, string, boolean]>([
  ['10.255.0.1', '10.0.0.0/8', true],
  ['11.0.0.1', '10.0.0.0/8', false],
  ['10.64.0.0', '10.0.0.0/10', false],
  ['10.63.255.255', '10.0.0.0/10', true],
  ['1.2.3.4', '9.9.9.9/0', true],
  ['1.2.3.5', '1.2.3.4', false],
  ['2001:db9::', '2001:db8::/31', true],
  ['2001:dba::', '2001:db8::/31', false],
])('%s in %s: %s', (address, range, expected) => {
  const bytes = parseAddress(address)
  const parsed = parseRange(range)
  expect(bytes !== null && parsed !== null && inRange(bytes, parsed)).toBe(expected)
})
