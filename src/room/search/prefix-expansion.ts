import type { Shard } from './shards'
import type { Phrase } from './tokenizer'

// Of one search. Each is one more term that the index has to look up.
const MAX_WORDS = 128

/** Phrases of which any may match. */
export type Alternatives = string[][]

/** What the index is asked for, and the phrases that must then be found by scanning the texts. */
export interface Expansion {
  choices: Alternatives[]
  broad: Phrase[]
}

/**
 * Replaces each prefix by the indexed words that begin with it, if they are few. Asked for a prefix, FTS5 reads every
 * document that contains any of its words before it returns the first; asked for the words, it does not. A prefix of
 * many words is broad: recent messages contain it often, so scanning their texts finds it soon.
 */
export function expandPrefixes(sql: SqlStorage, shard: Shard, phrases: Phrase[]): Expansion {
  const expansion: Expansion = { choices: [], broad: [] }
  let left = MAX_WORDS
  for (const phrase of phrases) {
    const { tokens, isPrefix } = phrase
    const [start, last = ''] = [tokens.slice(0, -1), tokens.at(-1)]
    const words = isPrefix ? termsWithPrefix(sql, shard, last, left + 1) : [last]
    if (words.length > left) {
      expansion.broad.push(phrase)
      // The index can still match the words before the prefix.
      if (start.length > 0) expansion.choices.push([start])
    } else {
      left -= isPrefix ? words.length : 0
      // No word begins with the prefix, so the prefix itself matches nothing either.
      expansion.choices.push((words.length > 0 ? words : [last]).map((word) => [...start, word]))
    }
  }
  return expansion
}

/** Indexed words with a prefix. Each is found by seeking past the one before. */
function termsWithPrefix(
  sql: SqlStorage,
  { words }: Shard,
  prefix: string,
  limit: number,
): string[] {
  return sql
    .exec<{ term: string }>(
      `with recursive
        input (prefix) as (select ?),
        found (term) as (
          select (select term from ${words} where term >= prefix limit 1) from input
          union all
          select (select term from ${words} where term >= found.term || char(0) limit 1)
          from found, input where substr(found.term, 1, length(prefix)) = prefix
        )
      select term from found, input where substr(term, 1, length(prefix)) = prefix limit +?`,
      prefix,
      limit,
    )
    .toArray()
    .map(({ term }) => term)
}
