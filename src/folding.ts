import { deburr } from 'es-toolkit/string'

// Accents, vowel points and signs that people leave out as they type. Not the vowel signs of Indic scripts and the voicing
// marks of kana, without which a word is another one.
const OPTIONAL_MARKS =
  /[[\p{M}&&[\p{scx=Arab}\p{scx=Hebr}\p{scx=Syrc}]]\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gv
// Soft hyphens, joiners, variation selectors and their kind; the tatweel, which only makes a word longer.
const IGNORED = /[\p{Default_Ignorable_Code_Point}\u0640]/gu

// Letters that are written for each other, but are no compatibility forms: the final sigma, and Arabic letters of which
// keyboards have one or the other.
const SAME = new Map([
  ['ς', 'σ'],
  ['ٱ', 'ا'],
  ['ى', 'ي'],
  ['ی', 'ي'],
  ['ة', 'ه'],
  ['ک', 'ك'],
])
const ANY_SAME = new RegExp(`[${[...SAME.keys()].join('')}]`, 'g')

/** Grows with each change of `fold`: what was folded by an earlier one is folded again. */
export const FOLDING = 1

/**
 * Text as search compares it: without case, accents and width. Messages, people and rooms are all found by it, and none is
 * ever shown so. Case is folded in full: lower, upper and lower again makes one of ß, ẞ, ss and SS.
 */
export const fold = (text: string): string =>
  deburr(
    text
      .normalize('NFKD')
      .replace(IGNORED, '')
      .replace(OPTIONAL_MARKS, '')
      .toLowerCase()
      .toUpperCase()
      .toLowerCase(),
  )
    .toLowerCase()
    .replace(ANY_SAME, (letter) => SAME.get(letter) as string)
