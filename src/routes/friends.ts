import * as directoryFriends from '../directory/friends'
import * as relationView from '../directory/relation-view'
import { edgeEndpoint } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { PageQuery } from '../schemas/pages'
import { User, UserPage } from '../schemas/users'

export const friends = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/friends',
      operationId: 'listFriends',
      tags: ['friends'],
      summary: 'List your friends, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: ok(UserPage, 'A page of friends.'),
    }),
    async (c) => {
      const query = { kind: 'friend', direction: 'out', ...c.req.valid('query') } as const
      return c.json(
        await relationView.list(c.var.directory, c.var.access.userId, query, c.var.now),
        200,
      )
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/friends/{userId}',
      operationId: 'acceptFriend',
      tags: ['friends'],
      summary: 'Accept a friend request. If you are friends already, nothing changes.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['too_many'],
    }),
    async (c) => {
      await c.var.changeEdges(directoryFriends.acceptRequest)
      return c.json(await relationView.find(c.var.directory, c.var.pair, c.var.now), 200)
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'delete',
      path: '/v1/me/friends/{userId}',
      operationId: 'endFriendship',
      tags: ['friends'],
      summary: 'End a friendship, for both of you.',
      responses: noContent('You are not friends.'),
    }),
    async (c) => {
      await c.var.changeEdges(directoryFriends.unfriend)
      return c.body(null, 204)
    },
  )
