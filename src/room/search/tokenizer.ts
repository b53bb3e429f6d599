/** A word as it is indexed and compared, and where it stands in its text, in UTF-16 units. */
export interface Word {
  token: string
  start: number
  end: number
}

// Of scripts that put no space between words each letter is a word, so that what is searched may begin and
// end anywhere: it is a phrase of letters. An emoji is a word, too.
const SPACELESS = String.raw`[[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&\p{L}]`
const WORD = new RegExp(
  String.raw`${SPACELESS}\p{M}*|\p{Extended_Pictographic}\p{M}*|\p{RI}{2}|[[\p{L}\p{N}\p{M}]--${SPACELESS}]+`,
  'gv',
)
const ASCII_WORD = /[a-z0-9]+/gi
const ASCII = /^[\0-\x7f]*$/

/**
 * The words of a text, without case and accents. A change of this leaves words behind in indexes that were
 * made before: it needs a step of the storage that drops them (`searched_seq = null`).
 */
export function tokenize(text: string): Word[] {
  const isAscii = ASCII.test(text)
  return Array.from(text.matchAll(isAscii ? ASCII_WORD : WORD), ({ 0: word, index }) => ({
    token: isAscii ? word.toLowerCase() : fold(word),
    start: index,
    end: index + word.length,
  })).filter(({ token }) => token !== '')
}

// Compatibility forms (full width, ligatures) are what they stand for; accents and variation selectors go, and
// so does what is ASCII afterwards and no letter: it would end a token in the index.
const fold = (word: string): string =>
  word
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .replace(/[\0-/:-@[-`{-\x7f]|[\u0300-\u036f]|[\ufe00-\ufe0f]/g, '')

/** Words that stand next to each other; of a prefix the last one goes on as it likes. */
export interface Phrase {
  tokens: string[]
  isPrefix: boolean
}

/** Where a phrase is among words: the first of each. */
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
