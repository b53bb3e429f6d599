import { TZDate } from '@date-fns/tz'
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

// A filter, a phrase (up to the end, if no quote closes it) or a word.
const PART =
  /(?<filter>from|has|before|after|on):(?<value>[^\s"]*)|"(?<phrase>[^"]*)"?(?<star>\*?)|(?<word>[^\s"]+)/gi

/**
 * Parses what a user typed. Only words reach the index: a character that is not a letter, a digit or an emoji only
 * separates them. Days are days in `timeZone`, a name of the IANA database or an offset. Throws `invalid`.
 */
export function parse(q: string, timeZone: string): Query {
  const query: Query = { phrases: [], from: [], has: [], until: null, since: null }
  for (const { groups = {} } of q.matchAll(PART)) {
    const { filter, value = '', phrase, star, word = '' } = groups
    if (filter) addFilter(query, filter.toLowerCase(), value, timeZone)
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

function addFilter(query: Query, filter: string, value: string, timeZone: string): void {
  if (filter === 'from') query.from.push(nameOf(value))
  if (filter === 'has') query.has.push(facetOf(value))
  if (filter === 'from' || filter === 'has') return
  const day = dayOf(filter, value, timeZone)
  if (filter === 'on') between(query, day.start, day.end)
  // Both exclude the named day itself.
  if (filter === 'before') between(query, null, day.start)
  if (filter === 'after') between(query, day.end, null)
}

function between(query: Query, since: number | null, until: number | null): void {
  if (since !== null) query.since = Math.max(query.since ?? -Infinity, since)
  if (until !== null) query.until = Math.min(query.until ?? Infinity, until)
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

/** When a day begins and when it has ended. Where the clock is put back or forward it has 25 hours or 23. */
function dayOf(filter: string, value: string, timeZone: string): { start: number; end: number } {
  if (!z.iso.date().safeParse(value).success) {
    throw invalid(`${filter}: takes a day, as in ${filter}:2026-11-22`)
  }
  const [year, month, day] = value.split('-').map(Number) as [number, number, number]
  const midnight = (offset: number) => new TZDate(year, month - 1, day + offset, timeZone).getTime()
  return { start: midnight(0), end: midnight(1) }
}

const invalid = (message: string) =>
  new ApiError('invalid', `q: ${message}`, { errors: [{ path: 'q', message }] })
