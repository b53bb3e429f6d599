import pMap from 'p-map'
import * as directoryUnread from '../directory/unread'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { ok } from '../http/responses'
import { ALL_CONNECTIONS } from '../http/subrequests'
import * as who from '../http/who'
import { totalWithNews } from '../inbox/unread-overlay'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { Unread } from '../schemas/unread'

// A request to a Worker may make 1,000 subrequests; some stay free for D1.
const MAX_ROOMS = 900

export const unread = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/unread',
      revalidates: true,
      operationId: 'getUnread',
      tags: ['me'],
      summary: 'Read your unread counts, summed over all your rooms.',
      who: who.signedIn,
      guards: [requireSession],
      description:
        'Rooms that you archived are not counted, and those that you snooze are counted apart.',
      responses: ok(Unread, 'The counts. They may be a few seconds old.'),
    }),
    async (c) => {
      const { directory, access, now } = c.var
      return c.json(await totalWithNews(c.env, directory, access.userId, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/read-marker',
      operationId: 'markAllRead',
      tags: ['me'],
      summary: 'Mark everything in your list of rooms as read.',
      description:
        'Threads keep their own markers. Messages that arrive meanwhile stay unread, and so does a room that cannot be reached. The counts show what is left, and you can safely repeat the request.',
      who: who.signedIn,
      guards: [requireSession],
      responses: ok(Unread, 'The counts that are left.'),
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { userId } = access
      const rooms = await directoryUnread.list(directory, userId, MAX_ROOMS)
      const markRead = ({ roomId, seq }: { roomId: string; seq: number }) =>
        ask(c.env.ROOMS, roomId, (room) => room.markRead({ userId }, seq)).catch(leaveUnread)
      await pMap(rooms, markRead, ALL_CONNECTIONS)
      return c.json(await totalWithNews(c.env, directory, userId, now), 200)
    },
  )

function leaveUnread(error: unknown): void {
  if (!(error instanceof ApiError)) throw error
}
