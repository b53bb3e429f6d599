import { fold } from '../../folding'

/** A word as it is indexed and compared, and its position in the text, in UTF-16 units. */
export interface Word {
  token: string
  start: number
  end: number
}

// In scripts without spaces between words each letter counts as a word, so that a search may begin and end anywhere:
// it is a phrase of letters. The voicing marks of halfwidth katakana are letters of Unicode, but belong to the one before.
// An emoji is a word, too.
const SPACELESS = String.raw`[[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&\p{L}]`
const WORD = new RegExp(
  String.raw`${SPACELESS}[\p{M}\uff9e\uff9f]*|\p{Extended_Pictographic}\p{M}*|\p{RI}{2}|[[\p{L}\p{N}\p{M}]--${SPACELESS}][[\p{L}\p{N}\p{M}\p{Default_Ignorable_Code_Point}]--${SPACELESS}]*`,
  'gv',
)
const ASCII_WORD = /[a-z0-9]+/gi
const ASCII = /^[\0-\x7f]*$/

/**
 * The words of a text, folded. If you change how they are made, existing indexes keep the old words: add a migration that
 * drops them, as the last one that does.
 */
export function tokenize(text: string): Word[] {
  const isAscii = ASCII.test(text)
  return Array.from(text.matchAll(isAscii ? ASCII_WORD : WORD), ({ 0: word, index }) => ({
    token: isAscii ? word.toLowerCase() : tokenOf(word),
    start: index,
    end: index + word.length,
  })).filter(({ token }) => token !== '')
}

// Also removes any ASCII that folding leaves which is no letter or digit: it would end the token in the index.
const tokenOf = (word: string): string => fold(word).replace(/[\0-/:-@[-`{-\x7f]/g, '')

/** Consecutive words; if `isPrefix`, the last one may be only the beginning of a word. */
export interface Phrase {
  tokens: string[]
  isPrefix: boolean
}

/** Finds a phrase among words: the position of its first word, for each occurrence. */
export function findPhrase(words: Word[], { tokens, isPrefix }: Phrase): number[] {
  const last = tokens.length - 1
  return words.flatMap((_, at) => {
    const isHere = tokens.every((token, index) => {
      const found = words[at + index]?.token
      return isPrefix && index === last ? found?.startsWith(token) : found === token
    })
    return isHere ? [at] : []
  })
}
