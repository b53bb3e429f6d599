import * as messages from '../store/messages'
import { ftsExpression } from './fts-expression'
import * as ftsIndex from './fts-index'
import { expandPrefixes } from './prefix-expansion'
import type { Query } from './query-parser'
import { type Shard, shardsBetween } from './shards'
import { findPhrase, type Phrase, tokenize } from './tokenizer'

// How much text one search scans for what the index cannot answer, and how many messages it loads at a time.
const CHARACTERS = 128_000
const STEP = 250

/** A query, the authors that its names resolve to (null: anybody), and the seqs to search between. */
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
  /** The seq below which the search stopped early; null when it filled the limit or found everything. */
  rest: number | null
}

/** Finds the newest messages that match. */
export function findMatches(sql: SqlStorage, wanted: MatchInput): Matches {
  const { query, authorIds, from, to, limit } = wanted
  const seqs: number[] = []
  const budget = { characters: CHARACTERS }
  const last = Math.min(to, ftsIndex.indexedSeq(sql) ?? -1)
  for (const shard of shardsBetween(from, last)) {
    const { choices, broad } = expandPrefixes(sql, shard, query.phrases)
    const expression = ftsExpression(choices, query.has, authorIds)
    const left = limit - seqs.length
    const found =
      broad.length > 0
        ? scanTexts(sql, shard, { expression, broad, limit: left, budget })
        : { seqs: ftsIndex.match(sql, shard, expression, left), rest: null }
    seqs.push(...found.seqs)
    if (seqs.length === limit || found.rest !== null) return { seqs, rest: found.rest }
  }
  return { seqs, rest: null }
}

interface ScanInput {
  expression: string | null
  broad: Phrase[]
  limit: number
  /** Shared by the shards of one search. */
  budget: { characters: number }
}

/** Scans the texts of what the expression matches for the broad phrases, until the budget is spent. */
function scanTexts(
  sql: SqlStorage,
  shard: Shard,
  { expression, broad, limit, budget }: ScanInput,
): Matches {
  const seqs: number[] = []
  let { to } = shard
  while (budget.characters > 0) {
    const candidates = ftsIndex.match(sql, { ...shard, to }, expression, STEP)
    for (const { seq, text } of messages.texts(sql, candidates)) {
      const words = tokenize(text)
      if (broad.every((phrase) => findPhrase(words, phrase).length > 0)) seqs.push(seq)
      if (seqs.length === limit) return { seqs, rest: null }
      budget.characters -= text.length
      to = seq - 1
    }
    if (candidates.length < STEP) return { seqs, rest: null }
  }
  return { seqs, rest: to + 1 }
}
