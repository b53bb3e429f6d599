import * as directoryUnread from '../directory/unread'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import * as rounds from '../rounds'
import { Unread } from '../schemas/unread'

// A Worker makes 1,000 calls for one request.
const MAX_ROOMS = 900

export const unread = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/unread',
      operationId: 'getUnread',
      tags: ['me'],
      summary: 'What you have not read, in all your rooms together.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: { 200: json(Unread, 'The counts; they may be seconds old.') },
    }),
    async (c) => c.json(await directoryUnread.total(c.var.directory, c.var.access.userId), 200),
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/read-marker',
      operationId: 'markAllRead',
      tags: ['me'],
      summary: 'Mark everything as read that your list of rooms shows.',
      description:
        'What arrives meanwhile stays unread, and so does a room that cannot answer: the counts say it, and repeating is harmless.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: { 200: json(Unread, 'What is left.') },
    }),
    async (c) => {
      const { directory, access } = c.var
      const { userId } = access
      const rooms = await directoryUnread.list(directory, userId, MAX_ROOMS)
      await rounds.each(rooms, ({ roomId, seq }) =>
        ask(c.env.ROOMS, roomId, (room) => room.markRead({ userId }, seq)).catch(left),
      )
      return c.json(await directoryUnread.total(directory, userId), 200)
    },
  )

function left(error: unknown): void {
  if (!(error instanceof ApiError)) throw error
}
