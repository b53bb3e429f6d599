import { z } from 'zod'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { decodeCursor, toPage } from '../schemas/cursor'
import { Replies } from '../schemas/messages'
import { PageQuery } from '../schemas/pages'
import { Id, SeqParam } from '../schemas/primitives'

const Place = z.tuple([z.number()])

export const replies = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/messages/{seq}/replies',
    operationId: 'listReplies',
    tags: ['messages'],
    summary: 'The thread under a message, oldest first; deleted replies keep their places.',
    who: 'Anyone who may read the room.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: z.strictObject({ roomId: Id, seq: SeqParam }), query: PageQuery },
    responses: { 200: json(Replies, 'A page of replies.') },
    problems: ['not_found', 'forbidden', 'banned'],
  }),
  async (c) => {
    const { roomId, seq } = c.req.valid('param')
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? decodeCursor(cursor, Place)[0] : 0
    const found = await retryAsSiteStaff(c.var, (caller) =>
      ask(c.env.ROOMS, roomId, (room) => room.listReplies(caller, seq, after, limit + 1)),
    )
    return c.json(
      toPage(found, limit, (reply) => [reply.seq]),
      200,
    )
  },
)
