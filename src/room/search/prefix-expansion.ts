import type { Shard } from './shards'
import type { Phrase } from './tokenizer'

// Each is one more word that the index has to look for.
const MAX_WORDS = 128

/** Phrases, any of which will do. */
export type Alternatives = string[][]

/** What the index is asked, and what is left to look for in the texts that it finds. */
export interface Expansion {
  choices: Alternatives[]
  broad: Phrase[]
}

/**
 * Puts all words of an index for those prefixes that begin few enough: asked for a prefix, FTS5 reads all that
 * has any of its words before it tells the first, asked for the words it does not. A prefix that begins more is
 * broad: what was said lately has it often.
 */
export function expandPrefixes(sql: SqlStorage, part: Shard, phrases: Phrase[]): Expansion {
  const widened: Expansion = { choices: [], broad: [] }
  let left = MAX_WORDS
  for (const phrase of phrases) {
    const { tokens, isPrefix } = phrase
    const [start, last = ''] = [tokens.slice(0, -1), tokens.at(-1)]
    const words = isPrefix ? termsWithPrefix(sql, part, last, left + 1) : [last]
    if (words.length > left) {
      widened.broad.push(phrase)
      // The rest of it is in the index all the same.
      if (start.length > 0) widened.choices.push([start])
    } else {
      left -= isPrefix ? words.length : 0
      // Nobody says the prefix itself, where there are none.
      widened.choices.push((words.length > 0 ? words : [last]).map((word) => [...start, word]))
    }
  }
  return widened
}

/** Words of the index that begin so, each found by going behind the one before. */
function termsWithPrefix(
  sql: SqlStorage,
  { words }: Shard,
  prefix: string,
  limit: number,
): string[] {
  return sql
    .exec<{ term: string }>(
      `with recursive
        given (prefix) as (select ?),
        known (term) as (
          select (select term from ${words} where term >= prefix limit 1) from given
          union all
          select (select term from ${words} where term >= known.term || char(0) limit 1)
          from known, given where substr(known.term, 1, length(prefix)) = prefix
        )
      select term from known, given where substr(term, 1, length(prefix)) = prefix limit +?`,
      prefix,
      limit,
    )
    .toArray()
    .map(({ term }) => term)
}
