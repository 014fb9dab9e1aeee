// server: the subject of a certificate as Java writes it (X500Principal.getName(), RFC 2253), which is what ZooKeeper's x509 identities are.
//
//   Certificate  SEQUENCE { tbs SEQUENCE { [0] version?, serial, algorithm, issuer, validity, subject, ... } ... }
//   Name         SEQUENCE of SET of SEQUENCE { type OID, value }        written last first: CN=a,OU=b,O=c
//
// Types that RFC 2253 names are written with their value as text, all others as 1.2.3=#<DER in hex>. No blanks are added.

const Tag = { oid: 0x06, sequence: 0x30, set: 0x31, version: 0xa0 } as const

/** PrintableString, T61String, IA5String, GeneralString, BMPString, UTF8String: what Java takes for text. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x13, 0x14, 0x16, 0x1b, 0x1e, 0x0c])

const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
])

/** The subject of a certificate in DER. Throws `RangeError` for bytes that are no certificate. */
export function subjectName(certificate: Buffer): string {
  const tbs = children(children(element(certificate, 0))[0])
  const subject = tbs[tbs[0]?.tag === Tag.version ? 5 : 4]
  return children(expected(subject, Tag.sequence))
    .reverse()
    .map((names) =>
      children(expected(names, Tag.set))
        .map((name) => attribute(name))
        .join('+'),
    )
    .join(',')
}

interface Element {
  readonly tag: number
  /** With tag and length. */
  readonly whole: Buffer
  readonly content: Buffer
}

function element(bytes: Buffer, at: number): Element {
  const tag = bytes.readUInt8(at)
  let length = bytes.readUInt8(at + 1)
  let start = at + 2
  if (length >= 0x80) {
    const size = length & 0x7f
    if (size === 0 || size > 4) throw new RangeError('a length that is no DER')
    length = bytes.readUIntBE(start, size)
    start += size
  }
  if (start + length > bytes.length) throw new RangeError('an element beyond the end')
  return { tag, whole: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) }
}

function children(parent: Element | undefined): Element[] {
  if (parent === undefined) throw new RangeError('an element is missing')
  const found: Element[] = []
  for (let at = 0; at < parent.content.length; ) {
    const child = element(parent.content, at)
    found.push(child)
    at += child.whole.length
  }
  return found
}

function expected(found: Element | undefined, tag: number): Element {
  if (found?.tag !== tag) throw new RangeError(`expected tag ${tag}, got ${found?.tag ?? 'nothing'}`)
  return found
}

function attribute(pair: Element): string {
  const [type, value] = children(pair)
  if (value === undefined) throw new RangeError('an attribute without a value')
  const oid = objectId(expected(type, Tag.oid).content)
  const keyword = KEYWORDS.get(oid)
  if (keyword === undefined || !TEXT_TAGS.has(value.tag)) return `${keyword ?? oid}=#${value.whole.toString('hex')}`
  return `${keyword}=${escaped(value.content.toString('utf8'))}`
}

function objectId(content: Buffer): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - 40 * top, ...rest].join('.')
}

/** Blanks and carriage returns at both ends are escaped, and what would end a value inside it. */
function escaped(text: string): string {
  const inner = text.replace(/[,=+<>#;"\\]/g, '\\$&').replaceAll('\0', '\\00')
  const lead = /^[ \r]*/.exec(inner)?.[0].length ?? 0
  const body = inner.slice(lead)
  const trail = /[ \r]*$/.exec(body)?.[0].length ?? 0
  const blanks = (part: string): string => part.replace(/[ \r]/g, '\\$&')
  return blanks(inner.slice(0, lead)) + body.slice(0, body.length - trail) + blanks(body.slice(body.length - trail))
}
