import * as directoryFollows from '../directory/follows'
import { edgeEndpoint, edgeListEndpoint, edgesOf } from '../http/edge-endpoint'
import { router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { User } from '../schemas/users'

export const follows = router()
  .openapi(
    edgeListEndpoint({
      path: '/v1/me/following',
      operationId: 'listFollowing',
      tags: ['follows'],
      summary: 'List the users you follow, latest first.',
    }),
    async (c) => {
      const query = { kind: 'follow', direction: 'out', ...c.req.valid('query') } as const
      return c.json(await edgesOf(c, query), 200)
    },
  )
  .openapi(
    edgeListEndpoint({
      path: '/v1/me/followers',
      operationId: 'listFollowers',
      tags: ['follows'],
      summary: 'List the users who follow you, latest first.',
    }),
    async (c) => {
      const query = { kind: 'follow', direction: 'in', ...c.req.valid('query') } as const
      return c.json(await edgesOf(c, query), 200)
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/following/{userId}',
      operationId: 'follow',
      guestsMayNot: 'follow others',
      tags: ['follows'],
      summary: 'Follow a user.',
      description: 'A user who blocks you does not see you as a follower, and you are not told.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['conflict', 'too_many'],
    }),
    async (c) => c.json(await c.var.makeEdge(directoryFollows.follow), 200),
  )
  .openapi(
    edgeEndpoint({
      method: 'delete',
      path: '/v1/me/following/{userId}',
      operationId: 'unfollow',
      tags: ['follows'],
      summary: 'Unfollow a user.',
      responses: noContent('You do not follow the user.'),
    }),
    async (c) => {
      await c.var.endEdge(directoryFollows.unfollow)
      return c.body(null, 204)
    },
  )
