import { z } from 'zod'
import { router } from '../http/endpoint'
import { cursorsOf } from '../http/page'
import { json } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { SearchPreparing, SearchQuery, SearchResults } from '../schemas/search'

const RankKey = z.tuple([z.number(), z.number(), z.number()])
// While the index is built: often enough to show its progress.
const RETRY_SECONDS = 1

export const search = router().openapi(
  roomEndpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/search',
    operationId: 'searchMessages',
    tags: ['messages'],
    summary: 'Search the messages of a room, newest first or by relevance.',
    description:
      'Case, accents, vowel points and width are ignored. In scripts without spaces (Chinese, Japanese, Thai and others) any part of a sentence matches. The first search of a large room, or the first in a long time, returns 202 while the index is built: try again. A page may hold fewer messages than `limit`, or none; there are more as long as `nextCursor` is not null.',
    who: who.readers,
    orSiteStaff: true,
    request: { query: SearchQuery },
    responses: {
      200: json(SearchResults, 'A page of matching messages. Deleted messages never match.'),
      202: {
        ...json(SearchPreparing, 'Not ready: how far the index has been built.'),
        headers: {
          'Retry-After': { schema: { type: 'integer' as const }, description: 'Seconds to wait.' },
        },
      },
    },
    problems: READING,
  }),
  async (c) => {
    const { cursor, ...query } = c.req.valid('query')
    const cursors = cursorsOf(c, { cursor, ...query }, RankKey)
    const key = cursors.after
    const after = key && { seq: key[0], score: key[1], newest: key[2] }
    const found = await c.var.room((room, caller) =>
      room.searchMessages(caller, { ...query, after }),
    )
    if ('indexedSeq' in found) return c.json(found, 202, { 'Retry-After': String(RETRY_SECONDS) })
    const { items, next } = found
    const nextCursor = cursors.next(next && [next.seq, next.score, next.newest])
    return c.json({ items, nextCursor }, 200)
  },
)
