import type { SearchQuery, SearchResult } from '../../schemas/search'
import { authorize, type RequestContext } from '../policy/authorize'
import * as authors from '../store/author-cache'
import * as messagePages from '../store/message-pages'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import * as matching from './matcher'
import * as queryParser from './query-parser'
import * as relevance from './ranking'
import * as snippets from './snippets'

/** Of those that match, the newest so many are ordered by relevance. */
const RANKED = 500
// Of each, what is looked at: more of them is no more relevant.
const CHARACTERS = 1000

export interface Search {
  q: string
  order: SearchQuery['order']
  limit: number
  /** Where the page before ended. */
  after: SearchCursor | null
}

/** A place in an order: a seq; by relevance, a score before it and the newest seq that was there. */
export interface SearchCursor {
  seq: number
  score: number
  newest: number
}

export interface Results {
  items: SearchResult[]
  next: SearchCursor | null
}

/** A page of what matches, from an index that is up to date. */
export function find(context: RequestContext, search: Search): Results {
  authorize(context, 'room.read')
  const { state, caller } = context
  const { sql, head: sequence } = state
  const query = queryParser.parse(search.q)
  const { since, until } = query
  const wanted = {
    query,
    authorIds: authorsOf(sql, query.from, caller.userId),
    from: since === null ? 0 : messagePages.firstSince(sql, sequence.seq, since),
    to: until === null ? sequence.seq : messagePages.firstSince(sql, sequence.seq, until) - 1,
    limit: search.limit + 1,
  }
  const order = search.order === 'newest' ? byTime : byRelevance
  const { places, rest } = order(sql, wanted, search.after)
  const shown = places.slice(0, search.limit)
  const found = new Map(
    messages
      .those(
        sql,
        shown.map(({ seq }) => seq),
      )
      .map((message) => [message.seq, message] as const),
  )
  const inOrder = shown.flatMap(({ seq }) => found.get(seq) ?? [])
  return {
    items: reactions.personalAll(sql, caller.userId, inOrder).map((message) => ({
      message,
      snippet: snippets.snippetOf(message.text ?? '', query.phrases),
    })),
    next: places.length > search.limit ? (shown.at(-1) ?? null) : rest,
  }
}

/** Who is asked for, whatever they were called when they wrote; null for anybody. */
function authorsOf(sql: SqlStorage, from: string[], userId: string): string[] | null {
  if (from.length === 0) return null
  return from.flatMap((name) => {
    if (name === '@me') return [userId]
    // Usernames have no hyphen, ids have.
    return name.includes('-') ? [name] : authors.idsByUsername(sql, name.replace(/^@/, ''))
  })
}

/** What was found, one more than asked for where there is more, and otherwise where the search may go on. */
interface Page {
  places: SearchCursor[]
  rest: SearchCursor | null
}

function byTime(sql: SqlStorage, wanted: matching.MatchInput, after: SearchCursor | null): Page {
  const to = Math.min(wanted.to, (after?.seq ?? Infinity) - 1)
  const { seqs, rest } = matching.findMatches(sql, { ...wanted, to })
  const place = (seq: number): SearchCursor => ({ seq, score: 0, newest: 0 })
  return { places: seqs.map(place), rest: rest === null ? null : place(rest) }
}

function byRelevance(
  sql: SqlStorage,
  wanted: matching.MatchInput,
  after: SearchCursor | null,
): Page {
  const to = Math.min(wanted.to, after?.newest ?? Infinity)
  const { seqs } = matching.findMatches(sql, { ...wanted, to, limit: RANKED })
  const newest = after?.newest ?? seqs[0] ?? 0
  const places = messages
    .texts(sql, seqs, CHARACTERS)
    .map(({ seq, text }) => ({ seq, score: relevance.bm25(text, wanted.query.phrases), newest }))
    .filter((place) => !after || ranksAfter(place, after))
    .sort((a, b) => (ranksAfter(a, b) ? 1 : -1))
    .slice(0, wanted.limit)
  return { places, rest: null }
}

/** The better first, of equals the newer. */
const ranksAfter = (one: SearchCursor, other: SearchCursor): boolean =>
  one.score === other.score ? one.seq < other.seq : one.score < other.score
