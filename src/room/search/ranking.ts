import { findPhrase, type Phrase, tokenize } from './tokenizer'

// BM25 over the messages that matched. Each of them contains every phrase, so the inverse document frequency is the
// same for all phrases and drops out: what remains is term frequency and length. FTS5's own bm25() would first count
// each phrase in the whole room, however few rows are asked for.
const K1 = 1.2
const B = 0.75
// The average length of a message. A constant, so that a message keeps its score from page to page.
const AVERAGE_WORDS = 20

/** The relevance of a text that contains all the phrases; higher is better. */
export function bm25(text: string, phrases: Phrase[]): number {
  const words = tokenize(text)
  const length = K1 * (1 - B + (B * words.length) / AVERAGE_WORDS)
  return phrases.reduce((sum, phrase) => {
    const times = findPhrase(words, phrase).length
    return sum + (times * (K1 + 1)) / (times + length)
  }, 0)
}
