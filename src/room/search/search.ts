import type { SearchQuery, SearchResult } from '../../schemas/search'
import { authorize, type RequestContext } from '../policy/authorize'
import * as authors from '../store/author-cache'
import * as messagePages from '../store/message-pages'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import { findMatches, type MatchInput } from './matcher'
import * as queryParser from './query-parser'
import { bm25 } from './ranking'
import { snippetOf } from './snippets'

/** Only the newest of the matches, up to this many, are ordered by relevance. */
const RANKED = 500
// Only the beginning of each message counts: a longer one is not more relevant.
const RANKED_CHARACTERS = 1000

export interface SearchInput {
  q: string
  timeZone: string
  order: SearchQuery['order']
  limit: number
  /** Where the previous page ended. */
  after: SearchCursor | null
}

/** Where a page ended: a seq; by relevance also its score, and the newest seq at the time of the first page. */
export interface SearchCursor {
  seq: number
  score: number
  newest: number
}

export interface Results {
  items: SearchResult[]
  next: SearchCursor | null
}

/** A page of results. The index must be up to date (see index-job.ts). */
export function search(context: RequestContext, search: SearchInput): Results {
  authorize(context, 'room.read')
  const { state, caller } = context
  const { sql, sequence } = state
  const query = queryParser.parse(search.q, search.timeZone)
  const { since, until } = query
  const input = {
    query,
    authorIds: authorsOf(sql, query.from, caller.userId),
    from: since === null ? 0 : messagePages.firstSince(sql, sequence.seq, since),
    to: until === null ? sequence.seq : messagePages.firstSince(sql, sequence.seq, until) - 1,
    limit: search.limit + 1,
  }
  const order = search.order === 'newest' ? byTime : byRelevance
  const { matches, rest } = order(sql, input, search.after)
  const shown = matches.slice(0, search.limit)
  const bySeq = new Map(
    messages
      .findMany(
        sql,
        shown.map(({ seq }) => seq),
      )
      .map((message) => [message.seq, message] as const),
  )
  const inOrder = shown.flatMap(({ seq }) => bySeq.get(seq) ?? [])
  return {
    items: reactions.personalizeAll(sql, caller.userId, inOrder).map((message) => ({
      message,
      snippet: snippetOf(message.text ?? '', query.phrases),
    })),
    next: matches.length > search.limit ? (shown.at(-1) ?? null) : rest,
  }
}

/** The ids that `from:` names; null for anybody. A username means whoever has it now, whatever they were called when they wrote. */
function authorsOf(sql: SqlStorage, from: string[], userId: string): string[] | null {
  if (from.length === 0) return null
  return from.flatMap((name) => {
    if (name === '@me') return [userId]
    // Ids contain a hyphen, usernames do not.
    return name.includes('-') ? [name] : authors.idsByUsername(sql, name.replace(/^@/, ''))
  })
}

/** One match more than the page needs, if there is one; otherwise `rest`, where the search may continue if it stopped early. */
interface Page {
  matches: SearchCursor[]
  rest: SearchCursor | null
}

function byTime(sql: SqlStorage, input: MatchInput, after: SearchCursor | null): Page {
  const to = Math.min(input.to, (after?.seq ?? Infinity) - 1)
  const { seqs, rest } = findMatches(sql, { ...input, to })
  const cursor = (seq: number): SearchCursor => ({ seq, score: 0, newest: 0 })
  return { matches: seqs.map(cursor), rest: rest === null ? null : cursor(rest) }
}

function byRelevance(sql: SqlStorage, input: MatchInput, after: SearchCursor | null): Page {
  const to = Math.min(input.to, after?.newest ?? Infinity)
  const { seqs } = findMatches(sql, { ...input, to, limit: RANKED })
  const newest = after?.newest ?? seqs[0] ?? 0
  const matches = messages
    .texts(sql, seqs, RANKED_CHARACTERS)
    .map(({ seq, text }) => ({ seq, score: bm25(text, input.query.phrases), newest }))
    .filter((match) => !after || ranksAfter(match, after))
    .sort((a, b) => (ranksAfter(a, b) ? 1 : -1))
    .slice(0, input.limit)
  return { matches, rest: null }
}

/** The better score first; of equal scores the newer message. */
const ranksAfter = (one: SearchCursor, other: SearchCursor): boolean =>
  one.score === other.score ? one.seq < other.seq : one.score < other.score
