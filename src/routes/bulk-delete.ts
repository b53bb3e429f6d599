import { z } from 'zod'
import { router } from '../http/endpoint'
import { noContent } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import { Reason } from '../schemas/members'
import { Id, Timestamp } from '../schemas/primitives'

const BulkDeleteQuery = z.strictObject({
  authorId: Id,
  since: Timestamp.optional().meta({ description: 'Omit it to start at the first message.' }),
  until: Timestamp.optional().meta({ description: 'Omit it to go up to now.' }),
  reason: Reason.optional(),
})

export const bulkDelete = router().openapi(
  roomEndpoint({
    method: 'delete',
    path: '/v1/rooms/{roomId}/messages',
    operationId: 'eraseMessages',
    tags: ['moderation'],
    summary: 'Delete everything one author wrote in a period, as a single event.',
    who: 'Room moderators (capability `message.delete.any`), if the author has a lower role; in listed rooms also site moderators.',
    orSiteStaff: true,
    request: { query: BulkDeleteQuery },
    responses: noContent(
      'The messages read as deleted. Their stored content is removed within seconds.',
    ),
    problems: [...READING, 'suspended'],
  }),
  async (c) => {
    const { authorId, since, until, reason } = c.req.valid('query')
    const selection = {
      authorId,
      since: since ? Date.parse(since) : 0,
      until: until ? Date.parse(until) : c.var.now + 1,
      reason,
    }
    await c.var.room((room, caller) => room.bulkDeleteMessages(caller, selection))
    return c.body(null, 204)
  },
)
