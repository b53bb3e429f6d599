// FTS5 merges all entries of one word at once. Shards keep such a merge from growing with the room: within one, sixteen
// slices become one segment and sixteen of those another, and nothing larger is ever merged.
const SEQS_PER_SHARD = 250_000

/** One of the FTS5 tables of a room's search index, and the seqs that it covers or is searched between (inclusive). */
export interface Shard {
  /** Name of the FTS5 table. */
  index: string
  /** Name of the table that lists its words. */
  words: string
  from: number
  to: number
}

/** The shard that holds a seq. */
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

/** The shards between two seqs (inclusive), newest first, each limited to that range. */
export function* shardsBetween(from: number, to: number): Generator<Shard> {
  for (let upper = to; upper >= from; ) {
    const shard = shardOf(upper)
    yield { ...shard, from: Math.max(from, shard.from), to: upper }
    upper = shard.from - 1
  }
}
