import * as words from './tokenizer'

// BM25, of one collection: what was found. Each of it has every phrase, so that none is rarer there than
// another, and what remains of the formula is how often they are said and in how many words. FTS5's own bm25()
// first counts a phrase in the whole room, however few rows are asked for.
const K1 = 1.2
const B = 0.75
// Of messages; a constant, so that a message that stays as it is keeps its place on every page.
const AVERAGE_WORDS = 20

/** How well a text answers phrases that are all in it; more is better. */
export function bm25(text: string, phrases: words.Phrase[]): number {
  const said = words.tokenize(text)
  const length = K1 * (1 - B + (B * said.length) / AVERAGE_WORDS)
  return phrases.reduce((sum, phrase) => {
    const times = words.findPhrase(said, phrase).length
    return sum + (times * (K1 + 1)) / (times + length)
  }, 0)
}
