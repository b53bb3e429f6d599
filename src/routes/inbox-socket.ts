import { bearer, endpoint, router } from '../http/endpoint'
import { accessOf, switched } from '../http/socket-endpoint'
import * as who from '../http/who'
import { openInboxSocket } from '../inbox/client'
import { upgraded } from '../middleware/upgrade'

export const inboxSocket = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/socket',
    operationId: 'openInboxSocket',
    tags: ['socket'],
    summary: 'Open one WebSocket for all your rooms.',
    description:
      'It says what your devices want to know outside an open room: activity and unread counts of every room, mentions, rooms that you come into or leave, friend requests, who is online. [/docs/socket](/docs/socket) describes its frames and close codes. The token goes as for the socket of a room. After a reconnect, `ready` replaces what you had.',
    who: who.signedIn,
    security: bearer,
    responses: {
      101: {
        description:
          'The socket. It sends what the schema `InboxFrame` says, `ready` first, and takes what `InboxCommand` says.',
        headers: switched,
      },
    },
    'x-frames': {
      sends: { $ref: '#/components/schemas/InboxFrame' },
      takes: { $ref: '#/components/schemas/InboxCommand' },
    },
  }),
  async (c) => upgraded(await openInboxSocket(c.env, await accessOf(c)), c.req),
)
