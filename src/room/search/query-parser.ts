import { z } from 'zod'
import { ApiError } from '../../errors'
import { type Phrase, tokenize } from './tokenizer'

/** A parsed search. Times are milliseconds since the epoch. */
export interface Query {
  phrases: Phrase[]
  /** Usernames or ids of which any may be the author; empty for anybody. */
  from: string[]
  has: Facet[]
  /** Messages before `until` (exclusive) and from `since` on (inclusive). */
  until: number | null
  since: number | null
}

const facets = ['photo', 'video', 'audio', 'file', 'link'] as const
export type Facet = (typeof facets)[number]

// Enough for a sentence. Each costs a lookup in the index.
const MAX_WORDS = 32
// A shorter prefix would match most messages.
const MIN_PREFIX = 2
const DAY_MS = 24 * 60 * 60_000

// A filter, a phrase (up to the end, if no quote closes it) or a word.
const PART =
  /(?<filter>from|has|before|after):(?<value>[^\s"]*)|"(?<phrase>[^"]*)"?(?<star>\*?)|(?<word>[^\s"]+)/gi

/**
 * Parses what a user typed. Only words reach the index: a character that is not a letter, a digit or an emoji only
 * separates them. Throws `invalid`.
 */
export function parse(q: string): Query {
  const query: Query = { phrases: [], from: [], has: [], until: null, since: null }
  for (const { groups = {} } of q.matchAll(PART)) {
    const { filter, value = '', phrase, star, word = '' } = groups
    if (filter) addFilter(query, filter.toLowerCase(), value)
    else if (phrase !== undefined) addPhrase(query, phrase, star === '*')
    else addPhrase(query, word, word.endsWith('*'))
  }
  if (query.phrases.length + query.from.length + query.has.length === 0) {
    throw invalid('name at least one word, from: or has:')
  }
  if (query.phrases.reduce((sum, { tokens }) => sum + tokens.length, 0) > MAX_WORDS) {
    throw invalid(
      `use at most ${MAX_WORDS} words; in a script without spaces each letter counts as one`,
    )
  }
  return query
}

function addPhrase(query: Query, text: string, isPrefix: boolean): void {
  const tokens = tokenize(text).map(({ token }) => token)
  const last = tokens.at(-1)
  if (last === undefined) return
  // A letter that is a whole word (of a script without spaces) is no prefix of another.
  const isOpen = isPrefix && !isWhole(last)
  if (isOpen && [...last].length < MIN_PREFIX) {
    throw invalid(`put at least ${MIN_PREFIX} letters before a *`)
  }
  query.phrases.push({ tokens, isPrefix: isOpen })
}

/** Whether a letter that follows would begin a new word. */
const isWhole = (token: string) => tokenize(`${token}${token}`).length > 1

function addFilter(query: Query, filter: string, value: string): void {
  if (filter === 'from') query.from.push(nameOf(value))
  if (filter === 'has') query.has.push(facetOf(value))
  // Both exclude the named day itself.
  if (filter === 'before') query.until = Math.min(query.until ?? Infinity, dayOf(filter, value))
  if (filter === 'after') {
    query.since = Math.max(query.since ?? -Infinity, dayOf(filter, value) + DAY_MS)
  }
}

function nameOf(value: string): string {
  if (!/^[@\w.-]{1,64}$/.test(value)) throw invalid('from: takes a username, an id or @me')
  return value.toLowerCase()
}

function facetOf(value: string): Facet {
  const facet = facets.find((name) => name === value.toLowerCase())
  if (!facet) throw invalid(`has: takes ${facets.join(', ')}`)
  return facet
}

function dayOf(filter: string, value: string): number {
  if (!z.iso.date().safeParse(value).success) {
    throw invalid(`${filter}: takes a day, as in ${filter}:2026-11-22`)
  }
  return Date.parse(value)
}

const invalid = (message: string) =>
  new ApiError('invalid', `q: ${message}`, { errors: [{ path: 'q', message }] })
