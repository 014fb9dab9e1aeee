// tree: addresses and address ranges of the `ip` scheme (IPAuthenticationProvider). PURE.
//
//   10.1.2.3   10.0.0.0/8   2001:db8::1   2001:db8::/32   ::ffff:10.1.2.3 (the same as 10.1.2.3)

const V4_BYTES = 4
const V6_BYTES = 16
const V6_GROUPS = 8

/** An address or a range: the first `bits` bits count. */
export interface AddressRange {
  readonly bytes: readonly number[]
  readonly bits: number
}

/** The bytes of an address, 4 or 16 of them; `null` if it is none. An IPv4 address mapped into IPv6 is the IPv4 address. */
export function parseAddress(text: string): readonly number[] | null {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

/** An address or `address/bits`; `null` if it is neither. */
export function parseRange(text: string): AddressRange | null {
  const slash = text.indexOf('/')
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (bytes === null) return null
  if (slash < 0) return { bytes, bits: bytes.length * 8 }
  const bits = decimal(text.slice(slash + 1), bytes.length * 8)
  return bits === null ? null : { bytes, bits }
}

/** Whether the address lies in the range. An IPv4 address never lies in an IPv6 range. */
export function inRange(address: readonly number[], range: AddressRange): boolean {
  if (address.length !== range.bytes.length) return false
  for (let i = 0, left = range.bits; left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff
    if ((((address[i] as number) ^ (range.bytes[i] as number)) & mask) !== 0) return false
  }
  return true
}

function decimal(text: string, max: number): number | null {
  if (!/^\d{1,3}$/.test(text)) return null
  const value = Number(text)
  return value <= max ? value : null
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.')
  if (parts.length !== V4_BYTES) return null
  const bytes: number[] = []
  for (const part of parts) {
    const byte = decimal(part, 0xff)
    if (byte === null) return null
    bytes.push(byte)
  }
  return bytes
}

function parseV6(text: string): readonly number[] | null {
  const halves = text.split('::')
  const head = groups(halves[0] ?? '', halves.length === 1)
  const tail = groups(halves[1] ?? '', true)
  if (halves.length > 2 || head === null || tail === null) return null
  const missing = V6_GROUPS * 2 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null
  const bytes = [...head, ...new Array<number>(missing).fill(0), ...tail]
  return isMappedV4(bytes) ? bytes.slice(V6_BYTES - V4_BYTES) : bytes
}

// The bytes of colon-separated groups; the last one may be an IPv4 address where the text ends.
function groups(text: string, last: boolean): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (last && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part)
      if (v4 === null) return null
      bytes.push(...v4)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null
      const value = Number.parseInt(part, 16)
      bytes.push(value >>> 8, value & 0xff)
    }
  }
  return bytes
}

function isMappedV4(bytes: readonly number[]): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}
