import { z } from 'zod'
import { ApiError } from '../../errors'
import * as words from './tokenizer'

/** What to look for. Times are milliseconds since the epoch. */
export interface Query {
  phrases: words.Phrase[]
  /** Usernames or ids, any of them; none for anybody. */
  from: string[]
  has: Facet[]
  /** The first moment that is too late, and the first that is not too early. */
  until: number | null
  since: number | null
}

const facets = ['photo', 'video', 'audio', 'file', 'link'] as const
export type Facet = (typeof facets)[number]

// Enough for a sentence; each costs the index a look.
const MAX_WORDS = 32
// Shorter ones stand for most of what was ever said.
const MIN_PREFIX = 2
const DAY_MS = 24 * 60 * 60_000

// A filter, a phrase (to the end, if nothing closes it) or a word.
const PART =
  /(?<filter>from|has|before|after):(?<value>[^\s"]*)|"(?<phrase>[^"]*)"?(?<star>\*?)|(?<word>[^\s"]+)/gi

/**
 * Reads what someone typed. Nothing of it gets to the index but words; what is not a letter, a digit or an
 * emoji only separates them. Throws `invalid`.
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
    throw refused('name a word, or who it is from:, or what it has:')
  }
  if (query.phrases.reduce((sum, { tokens }) => sum + tokens.length, 0) > MAX_WORDS) {
    throw refused(`at most ${MAX_WORDS} words; a letter of a script without spaces is one`)
  }
  return query
}

function addPhrase(query: Query, text: string, isPrefix: boolean): void {
  const tokens = words.tokenize(text).map(({ token }) => token)
  const last = tokens.at(-1)
  if (last === undefined) return
  // A letter that is a word of its own begins no other.
  const isOpen = isPrefix && !isWhole(last)
  if (isOpen && [...last].length < MIN_PREFIX) {
    throw refused(`at least ${MIN_PREFIX} letters before a *`)
  }
  query.phrases.push({ tokens, isPrefix: isOpen })
}

/** Whether nothing that follows would be taken for the same word. */
const isWhole = (token: string) => words.tokenize(`${token}${token}`).length > 1

function addFilter(query: Query, filter: string, value: string): void {
  if (filter === 'from') query.from.push(nameOf(value))
  if (filter === 'has') query.has.push(facetOf(value))
  // A day that is named is not among those before it, nor among those after it.
  if (filter === 'before') query.until = Math.min(query.until ?? Infinity, dayOf(filter, value))
  if (filter === 'after') {
    query.since = Math.max(query.since ?? -Infinity, dayOf(filter, value) + DAY_MS)
  }
}

function nameOf(value: string): string {
  if (!/^[@\w.-]{1,64}$/.test(value)) throw refused('from: takes a username, an id or @me')
  return value.toLowerCase()
}

function facetOf(value: string): Facet {
  const known = facets.find((facet) => facet === value.toLowerCase())
  if (!known) throw refused(`has: takes ${facets.join(', ')}`)
  return known
}

function dayOf(filter: string, value: string): number {
  if (!z.iso.date().safeParse(value).success) {
    throw refused(`${filter}: takes a day as in ${filter}:2026-11-22`)
  }
  return Date.parse(value)
}

const refused = (message: string) =>
  new ApiError('invalid', `q: ${message}`, { errors: [{ path: 'q', message }] })
