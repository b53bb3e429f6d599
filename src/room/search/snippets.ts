import type { Snippet } from '../../schemas/search'
import * as words from './tokenizer'

// In UTF-16 units.
const LENGTH = 200
const LEAD = 50

/** A part of a text around what was found in it, in pieces that were or were not; no piece is empty. */
export function snippetOf(text: string, phrases: words.Phrase[]): Snippet {
  const marks = highlightsOf(text, phrases)
  const start = startOf(text, marks[0]?.start ?? 0)
  const end = endOf(text, start)
  const pieces = [{ text: start > 0 ? '…' : '', match: false }]
  let at = start
  for (const mark of marks) {
    if (mark.end > end) break
    pieces.push({ text: text.slice(at, mark.start), match: false })
    pieces.push({ text: text.slice(mark.start, mark.end), match: true })
    at = mark.end
  }
  pieces.push({ text: text.slice(at, end) + (end < text.length ? '…' : ''), match: false })
  return mergePieces(pieces)
}

interface Highlight {
  start: number
  end: number
}

/** What is found, in order; what overlaps is one. */
function highlightsOf(text: string, phrases: words.Phrase[]): Highlight[] {
  const said = words.tokenize(text)
  const found = phrases.flatMap((phrase) =>
    words.findPhrase(said, phrase).flatMap((at) => {
      const [first, last] = [said[at], said[at + phrase.tokens.length - 1]]
      return first && last ? [{ start: first.start, end: last.end }] : []
    }),
  )
  const marks: Highlight[] = []
  for (const mark of found.sort((a, b) => a.start - b.start)) {
    const last = marks.at(-1)
    if (last && mark.start < last.end) last.end = Math.max(last.end, mark.end)
    else marks.push(mark)
  }
  return marks
}

/** Some words before the first mark, never within one, nor within a character. */
function startOf(text: string, mark: number): number {
  if (mark <= LEAD) return 0
  const lead = text.slice(mark - LEAD, mark)
  const space = lead.search(/\s/)
  const skipped = space === -1 ? Number(!lead.isWellFormed()) : space + 1
  return mark - LEAD + skipped
}

function endOf(text: string, start: number): number {
  if (text.length - start <= LENGTH) return text.length
  const shown = text.slice(start, start + LENGTH)
  const space = shown.search(/\s\S*$/)
  if (space > LENGTH / 2) return start + space
  return start + (shown.isWellFormed() ? LENGTH : LENGTH - 1)
}

/** Neighbours of a kind as one piece. */
function mergePieces(pieces: Snippet): Snippet {
  const all: Snippet = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last?.match === piece.match) last.text += piece.text
    else if (piece.text !== '') all.push({ ...piece })
  }
  return all
}
