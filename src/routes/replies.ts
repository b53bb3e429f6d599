import { z } from 'zod'
import { router } from '../http/endpoint'
import { pageOf } from '../http/page'
import { ok } from '../http/responses'
import { OneMessage, READING, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { type Message, Replies } from '../schemas/messages'
import { PageQuery } from '../schemas/pages'

const bySeq = { key: z.tuple([z.number()]), keyOf: ({ seq }: Message): [number] => [seq] }

export const replies = router().openapi(
  roomEndpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/messages/{seq}/replies',
    operationId: 'listReplies',
    tags: ['messages'],
    summary: 'Read the thread under a message, oldest first.',
    description: 'Deleted replies keep their places.',
    who: who.readers,
    orSiteStaff: true,
    request: { params: OneMessage, query: PageQuery },
    responses: ok(Replies, 'A page of replies.'),
    problems: READING,
  }),
  async (c) => {
    const { seq } = c.req.valid('param')
    const page = await pageOf(c, c.req.valid('query'), bySeq, (after, limit) =>
      c.var.room((room, caller) => room.listReplies(caller, seq, after?.[0] ?? 0, limit)),
    )
    return c.json(page, 200)
  },
)
