import * as messages from '../store/messages'
import * as expressions from './fts-expression'
import * as ftsIndex from './fts-index'
import * as prefixExpansion from './prefix-expansion'
import type { Query } from './query-parser'
import * as parts from './shards'
import * as words from './tokenizer'

// What one search reads of texts, and in which steps, to find what the index cannot tell.
const CHARACTERS = 128_000
const STEP = 250

/** A query, whom its names mean (null: anybody), and between which seqs. */
export interface MatchInput {
  query: Query
  authorIds: string[] | null
  from: number
  to: number
  limit: number
}

export interface Matches {
  /** Newest first. */
  seqs: number[]
  /** Where the search gave up before it had enough; null when there is no more to be found. */
  rest: number | null
}

/** What matches; what is being erased is gone already. */
export function findMatches(sql: SqlStorage, wanted: MatchInput): Matches {
  const { query, authorIds, from, to, limit } = wanted
  const seqs: number[] = []
  const budget = { characters: CHARACTERS }
  const reached = Math.min(to, ftsIndex.indexedSeq(sql) ?? -1)
  for (const part of parts.shardsBetween(from, reached)) {
    const { choices, broad } = prefixExpansion.expandPrefixes(sql, part, query.phrases)
    const expression = expressions.ftsExpression(choices, query.has, authorIds)
    const left = limit - seqs.length
    const found =
      broad.length > 0
        ? scanTexts(sql, part, expression, broad, left, budget)
        : { seqs: ftsIndex.match(sql, part, expression, left), rest: null }
    seqs.push(...found.seqs)
    if (seqs.length === limit || found.rest !== null) return { seqs, rest: found.rest }
  }
  return { seqs, rest: null }
}

/** Looks for phrases in the texts of what else matches, while the budget lasts. */
function scanTexts(
  sql: SqlStorage,
  part: parts.Shard,
  expression: string | null,
  broad: words.Phrase[],
  limit: number,
  budget: { characters: number },
): Matches {
  const seqs: number[] = []
  let { to } = part
  while (budget.characters > 0) {
    const candidates = ftsIndex.match(sql, { ...part, to }, expression, STEP)
    for (const { seq, text } of messages.texts(sql, candidates)) {
      const said = words.tokenize(text)
      if (broad.every((phrase) => words.findPhrase(said, phrase).length > 0)) seqs.push(seq)
      if (seqs.length === limit) return { seqs, rest: null }
      budget.characters -= text.length
      to = seq - 1
    }
    if (candidates.length < STEP) return { seqs, rest: null }
  }
  return { seqs, rest: to + 1 }
}
