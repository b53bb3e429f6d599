import { z } from 'zod'
import { Message } from './messages'
import { Cursor, Limit, page } from './pages'
import { Seq } from './primitives'
import { text } from './text'

export const SearchQuery = z.strictObject({
  q: text(1, 500).meta({
    description:
      'Words, "phrases" and prefix*, all of which a message must have; from: a username, an id or @me (several: any of them); has:photo, video, audio, file or link (several: all of them); before: and after: a day (UTC), which is itself left out.',
    example: 'harbour "at eight" from:bo has:photo after:2026-11-01',
  }),
  order: z.enum(['newest', 'relevance']).default('newest').meta({
    description:
      '`relevance` orders the newest 500 messages that match (fewer, for a prefix that begins very many words): more and denser matches first.',
  }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>

const piece = z.strictObject({
  text: z.string().meta({ example: 'harbour' }),
  match: z.boolean().meta({ description: 'Whether this was searched for.', example: true }),
})

export const Snippet = z.array(piece).meta({
  id: 'Snippet',
  description: 'The part of the text that matches, in plain pieces to be put together as they are.',
})
export type Snippet = z.infer<typeof Snippet>

export const SearchResult = z
  .strictObject({ message: Message, snippet: Snippet })
  .meta({ id: 'SearchResult' })
export type SearchResult = z.infer<typeof SearchResult>

export const SearchResults = page(SearchResult, 'SearchResults')

/** How far the index of a room is that nobody searched for long, or ever. */
export const SearchPreparing = z
  .strictObject({
    indexedSeq: Seq.meta({ description: 'Messages up to here can be searched.', example: 120_000 }),
    seq: Seq.meta({ description: 'Where the room is.', example: 480_000 }),
  })
  .meta({ id: 'SearchPreparing' })
export type SearchPreparing = z.infer<typeof SearchPreparing>
