// FTS5 merges all that there is of one word at once, so what merges is kept from growing with the room: an index
// is of so many seqs, in it sixteen slices become one and sixteen of those another, and no larger ones come.
const PART = 250_000

/** One of the indexes of a room, and between which seqs it is asked, both of them included. */
export interface Part {
  /** Of its table. */
  index: string
  /** Of the table of its words. */
  words: string
  from: number
  to: number
}

/** The part that has a seq. */
export function partOf(seq: number): Part {
  const number = Math.floor(seq / PART)
  const from = number * PART
  return { index: `search_${number}`, words: `words_${number}`, from, to: from + PART - 1 }
}

/** The parts of the index, the newest first, as far as they are between two seqs, both of them included. */
export function* between(from: number, to: number): Generator<Part> {
  for (let upper = to; upper >= from; ) {
    const part = partOf(upper)
    yield { ...part, from: Math.max(from, part.from), to: upper }
    upper = part.from - 1
  }
}
