import { z } from 'zod'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { decodeCursor, encodeCursor } from '../schemas/cursor'
import { Id } from '../schemas/primitives'
import { SearchPreparing, SearchQuery, SearchResults } from '../schemas/search'

const Place = z.tuple([z.number(), z.number(), z.number()])
// While an index is made: often enough to show how far it is.
const RETRY_SECONDS = 1

export const search = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/search',
    operationId: 'searchMessages',
    tags: ['messages'],
    summary: 'Search what was said in a room, newest first or by relevance.',
    description:
      'Case and accents make no difference. In scripts without spaces (Chinese, Japanese, Thai and such) any part of a sentence is found. The first search of a long room, or the first for long, is answered 202 while an index is made: ask again. A page may have fewer messages than `limit`, or none, and there is more as long as `nextCursor` is not null.',
    who: 'Anyone who may read the room.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: z.strictObject({ roomId: Id }), query: SearchQuery },
    responses: {
      200: json(SearchResults, 'A page of messages that match, none of them deleted.'),
      202: {
        ...json(SearchPreparing, 'Not yet: how far the index is.'),
        headers: {
          'Retry-After': { schema: { type: 'integer' as const }, description: 'Seconds to wait.' },
        },
      },
    },
    problems: ['not_found', 'forbidden', 'banned'],
  }),
  async (c) => {
    const { roomId } = c.req.valid('param')
    const { cursor, ...query } = c.req.valid('query')
    const place = cursor ? decodeCursor(cursor, Place) : null
    const after = place && { seq: place[0], score: place[1], newest: place[2] }
    const found = await retryAsSiteStaff(c.var, (caller) =>
      ask(c.env.ROOMS, roomId, (room) => room.searchMessages(caller, { ...query, after })),
    )
    if ('indexedSeq' in found) return c.json(found, 202, { 'Retry-After': String(RETRY_SECONDS) })
    const { items, next } = found
    const nextCursor = next && encodeCursor([next.seq, next.score, next.newest])
    return c.json({ items, nextCursor }, 200)
  },
)
