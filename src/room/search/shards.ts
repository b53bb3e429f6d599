// FTS5 merges all that there is of one word at once, so what merges is kept from growing with the room: an index
// is of so many seqs, in it sixteen slices become one and sixteen of those another, and no larger ones come.
const SEQS_PER_SHARD = 250_000

/** One of the indexes of a room, and between which seqs it is asked, both of them included. */
export interface Shard {
  /** Of its table. */
  index: string
  /** Of the table of its words. */
  words: string
  from: number
  to: number
}

/** The part that has a seq. */
export function shardOf(seq: number): Shard {
  const number = Math.floor(seq / SEQS_PER_SHARD)
  const from = number * SEQS_PER_SHARD
  return {
    index: `search_${number}`,
    words: `words_${number}`,
    from,
    to: from + SEQS_PER_SHARD - 1,
  }
}

/** The parts of the index, the newest first, as far as they are between two seqs, both of them included. */
export function* shardsBetween(from: number, to: number): Generator<Shard> {
  for (let upper = to; upper >= from; ) {
    const part = shardOf(upper)
    yield { ...part, from: Math.max(from, part.from), to: upper }
    upper = part.from - 1
  }
}
