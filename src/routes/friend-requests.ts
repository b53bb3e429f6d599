import * as directoryFriends from '../directory/friends'
import { edgeEndpoint, edgesOf } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import * as who from '../http/who'
import { requireSession } from '../middleware/require-session'
import { RequestsQuery } from '../schemas/relations'
import { User, UserPage } from '../schemas/users'

export const friendRequests = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/friend-requests',
      revalidates: true,
      operationId: 'listFriendRequests',
      tags: ['friends'],
      summary: 'List the friend requests you received, or those you sent, latest first.',
      who: who.signedIn,
      guards: [requireSession],
      request: { query: RequestsQuery },
      responses: ok(UserPage, 'A page of users.'),
    }),
    async (c) => {
      const query = { kind: 'request', ...c.req.valid('query') } as const
      return c.json(await edgesOf(c, query), 200)
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/friend-requests/{userId}',
      operationId: 'sendFriendRequest',
      guestsMayNot: 'befriend others',
      tags: ['friends'],
      summary: 'Send a friend request.',
      description:
        'If the user has sent you one, you become friends at once. `relation` shows the result: `friend`, or `request: out`. A user who blocks you does not get the request, and you are not told.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['conflict', 'too_many'],
    }),
    async (c) => c.json(await c.var.makeEdge(directoryFriends.sendRequest), 200),
  )
  .openapi(
    edgeEndpoint({
      method: 'delete',
      path: '/v1/me/friend-requests/{userId}',
      operationId: 'dismissFriendRequest',
      tags: ['friends'],
      summary: 'Withdraw your friend request to a user, and decline theirs.',
      responses: noContent('No friend request is pending between you.'),
    }),
    async (c) => {
      await c.var.endEdge(directoryFriends.dismissRequests)
      return c.body(null, 204)
    },
  )
