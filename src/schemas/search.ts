import { z } from 'zod'
import { Message } from './messages'
import { Cursor, Limit, page } from './pages'
import { Seq } from './primitives'
import { text } from './text'

const TimeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone or an offset')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

export const SearchQuery = z.strictObject({
  q: text(1, 500).meta({
    description:
      'Words, "phrases" and prefix*; a message must match all of them. `from:` takes a username, an id or @me; repeat it to match any of them. `has:` takes photo, video, audio, file or link; repeat it to match all of them. `on:` takes a day; `before:` and `after:` take one and exclude it.',
    example: 'harbour "at eight" from:bo has:photo after:2026-11-01',
  }),
  timeZone: TimeZone.default('UTC').meta({
    description:
      'The time zone of the days in `q`: a name of the IANA database, or an offset such as `+05:30`.',
    example: 'Europe/Berlin',
  }),
  order: z.enum(['newest', 'relevance']).default('newest').meta({
    description:
      '`relevance` ranks the newest 500 matches, or fewer when a prefix matches very many words. Messages with more and denser matches come first.',
  }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>

const piece = z
  .strictObject({
    text: z.string().meta({ example: 'harbour' }),
    match: z
      .boolean()
      .meta({ description: 'Whether this piece matches the search.', example: true }),
  })
  .meta({ id: 'SnippetPiece' })

export const Snippet = z.array(piece).meta({
  id: 'Snippet',
  description:
    'The part of the text around the match, as plain text in pieces. Join the pieces without spaces.',
})
export type Snippet = z.infer<typeof Snippet>

export const SearchResult = z
  .strictObject({ message: Message, snippet: Snippet })
  .meta({ id: 'SearchResult' })
export type SearchResult = z.infer<typeof SearchResult>

export const SearchResults = page(SearchResult, 'SearchResults')

/** Progress of a search index that is still being built, because the room has not been searched for long. */
export const SearchPreparing = z
  .strictObject({
    indexedSeq: Seq.meta({
      description: 'Messages up to this seq are searchable.',
      example: 120_000,
    }),
    seq: Seq.meta({ description: "The room's latest seq.", example: 480_000 }),
  })
  .meta({ id: 'SearchPreparing' })
export type SearchPreparing = z.infer<typeof SearchPreparing>
