import { z } from 'zod'
import { bearer, endpoint, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { Reason } from '../schemas/members'
import { Id, Timestamp } from '../schemas/primitives'

const Wanted = z.strictObject({
  authorId: Id,
  since: Timestamp.optional().meta({ description: 'Left out: from the beginning.' }),
  until: Timestamp.optional().meta({ description: 'Left out: up to now.' }),
  reason: Reason.optional(),
})

export const bulkDelete = router().openapi(
  endpoint({
    method: 'delete',
    path: '/v1/rooms/{roomId}/messages',
    operationId: 'eraseMessages',
    tags: ['moderation'],
    summary: 'Delete what one person wrote in a time, as one event.',
    who: 'Moderators of the room (capability `message.delete.any`), on lower roles; moderators of the site in listed rooms.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: z.strictObject({ roomId: Id }), query: Wanted },
    responses: {
      204: { description: 'They read as deleted; what was stored goes within seconds.' },
    },
    problems: ['not_found', 'forbidden', 'banned', 'suspended'],
  }),
  async (c) => {
    const { roomId } = c.req.valid('param')
    const { authorId, since, until, reason } = c.req.valid('query')
    const wanted = {
      authorId,
      since: since ? Date.parse(since) : 0,
      until: until ? Date.parse(until) : c.var.now + 1,
      reason,
    }
    await retryAsSiteStaff(c.var, (caller) =>
      ask(c.env.ROOMS, roomId, (room) => room.eraseMessages(caller, wanted)),
    )
    return c.body(null, 204)
  },
)
