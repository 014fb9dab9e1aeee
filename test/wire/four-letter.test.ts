import { describe, expect, test } from 'vitest'
import { FOUR_LETTER_WORDS, fourLetterWord, isFourLetterWord } from '../../core/wire/four-letter.ts'

describe('four-letter words on the wire', () => {
  test('each word is recognised by its four bytes read as an int', () => {
    for (const word of FOUR_LETTER_WORDS) {
      const first = Buffer.from(word, 'latin1').readInt32BE()
      expect(fourLetterWord(first)).toBe(word)
      expect(isFourLetterWord(first)).toBe(true)
    }
    expect(fourLetterWord(0x72756f6b)).toBe('ruok')
  })

  test('no word can be a frame length: each is above 2^30', () => {
    for (const word of FOUR_LETTER_WORDS) expect(Buffer.from(word, 'latin1').readInt32BE()).toBeGreaterThan(2 ** 30)
  })

  test('lengths and unknown letters are no words', () => {
    for (const first of [0, 44, 45, -1, 0xfffff, Buffer.from('RUOK').readInt32BE(), Buffer.from('abcd').readInt32BE()]) {
      expect(fourLetterWord(first)).toBeNull()
      expect(isFourLetterWord(first)).toBe(false)
    }
  })
})
