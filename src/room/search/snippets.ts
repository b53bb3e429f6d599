import type { Snippet } from '../../schemas/search'
import { findPhrase, type Phrase, tokenize } from './tokenizer'

// In UTF-16 units.
const LENGTH = 200
const LEAD = 50

/** An excerpt of a text around the first match, in pieces that match and pieces that do not; none is empty. */
export function snippetOf(text: string, phrases: Phrase[]): Snippet {
  const highlights = highlightsOf(text, phrases)
  const start = startOf(text, highlights[0]?.start ?? 0)
  const end = endOf(text, start)
  const pieces = [{ text: start > 0 ? '…' : '', match: false }]
  let at = start
  for (const highlight of highlights) {
    if (highlight.end > end) break
    pieces.push({ text: text.slice(at, highlight.start), match: false })
    pieces.push({ text: text.slice(highlight.start, highlight.end), match: true })
    at = highlight.end
  }
  pieces.push({ text: text.slice(at, end) + (end < text.length ? '…' : ''), match: false })
  return mergePieces(pieces)
}

interface Highlight {
  start: number
  end: number
}

/** Where the phrases are found, in order; overlapping matches are joined. */
function highlightsOf(text: string, phrases: Phrase[]): Highlight[] {
  const words = tokenize(text)
  const found = phrases.flatMap((phrase) =>
    findPhrase(words, phrase).flatMap((at) => {
      const [first, last] = [words[at], words[at + phrase.tokens.length - 1]]
      return first && last ? [{ start: first.start, end: last.end }] : []
    }),
  )
  const highlights: Highlight[] = []
  for (const highlight of found.sort((a, b) => a.start - b.start)) {
    const last = highlights.at(-1)
    if (last && highlight.start < last.end) last.end = Math.max(last.end, highlight.end)
    else highlights.push(highlight)
  }
  return highlights
}

/** A few words before the first highlight, never inside a word or a character. */
function startOf(text: string, highlightStart: number): number {
  if (highlightStart <= LEAD) return 0
  const lead = text.slice(highlightStart - LEAD, highlightStart)
  const space = lead.search(/\s/)
  const skipped = space === -1 ? Number(!lead.isWellFormed()) : space + 1
  return highlightStart - LEAD + skipped
}

function endOf(text: string, start: number): number {
  if (text.length - start <= LENGTH) return text.length
  const shown = text.slice(start, start + LENGTH)
  const space = shown.search(/\s\S*$/)
  if (space > LENGTH / 2) return start + space
  return start + (shown.isWellFormed() ? LENGTH : LENGTH - 1)
}

/** Joins neighbouring pieces of the same kind and drops empty ones. */
function mergePieces(pieces: Snippet): Snippet {
  const all: Snippet = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last?.match === piece.match) last.text += piece.text
    else if (piece.text !== '') all.push({ ...piece })
  }
  return all
}
