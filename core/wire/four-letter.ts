// wire: four-letter words, the plain-text questions that operators send instead of a handshake (ServerCnxn's command table).
//
//   fresh connection:  [r][u][o][k]   where a frame would start with its length: 0x72756f6b
//
// The first byte of every word is an ASCII letter, so read as a frame length a word is above 1.6 thousand million: no limit on frames
// that fits in memory lets it pass, and word and frame cannot be taken for one another. Only the first four bytes of a connection are looked at.

/** Every word that ZooKeeper knows, in alphabetical order. Which of them are answered is the whitelist's and admin's business. */
export const FOUR_LETTER_WORDS: readonly string[] = Object.freeze([
  'conf',
  'cons',
  'crst',
  'dirs',
  'dump',
  'envi',
  'gtmk',
  'hash',
  'isro',
  'mntr',
  'ruok',
  'srst',
  'srvr',
  'stat',
  'stmk',
  'wchc',
  'wchp',
  'wchs',
])

function asInt32(word: string): number {
  return (word.charCodeAt(0) << 24) | (word.charCodeAt(1) << 16) | (word.charCodeAt(2) << 8) | word.charCodeAt(3)
}

const BY_INT = new Map<number, string>(FOUR_LETTER_WORDS.map((word) => [asInt32(word), word]))

/** The word whose four bytes read as the big-endian `first`, the first int of a fresh connection; `null` if that is a frame's length. */
export function fourLetterWord(first: number): string | null {
  return BY_INT.get(first) ?? null
}

/** Whether the first int of a fresh connection is a word rather than a frame's length. */
export function isFourLetterWord(first: number): boolean {
  return BY_INT.has(first)
}
