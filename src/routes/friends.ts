import * as directoryFriends from '../directory/friends'
import { edgeEndpoint, edgeListEndpoint, edgesOf } from '../http/edge-endpoint'
import { router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { User } from '../schemas/users'

export const friends = router()
  .openapi(
    edgeListEndpoint({
      path: '/v1/me/friends',
      operationId: 'listFriends',
      tags: ['friends'],
      summary: 'List your friends, latest first.',
    }),
    async (c) => {
      const query = { kind: 'friend', direction: 'out', ...c.req.valid('query') } as const
      return c.json(await edgesOf(c, query), 200)
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/friends/{userId}',
      operationId: 'acceptFriend',
      guestsMayNot: 'befriend others',
      tags: ['friends'],
      summary: 'Accept a friend request.',
      description: 'If you are friends already, nothing changes.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['too_many'],
    }),
    async (c) => c.json(await c.var.makeEdge(directoryFriends.acceptRequest), 200),
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
      await c.var.endEdge(directoryFriends.unfriend)
      return c.body(null, 204)
    },
  )
