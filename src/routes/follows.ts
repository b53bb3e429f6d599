import * as directoryFollows from '../directory/follows'
import * as relationView from '../directory/relation-view'
import { edgeEndpoint } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { PageQuery } from '../schemas/pages'
import { User, UserPage } from '../schemas/users'

export const follows = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/following',
      operationId: 'listFollowing',
      tags: ['follows'],
      summary: 'List the users you follow, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: ok(UserPage, 'A page of users.'),
    }),
    async (c) => {
      const query = { kind: 'follow', direction: 'out', ...c.req.valid('query') } as const
      return c.json(
        await relationView.list(c.var.directory, c.var.access.userId, query, c.var.now),
        200,
      )
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/followers',
      operationId: 'listFollowers',
      tags: ['follows'],
      summary: 'List the users who follow you, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: ok(UserPage, 'A page of users.'),
    }),
    async (c) => {
      const query = { kind: 'follow', direction: 'in', ...c.req.valid('query') } as const
      return c.json(
        await relationView.list(c.var.directory, c.var.access.userId, query, c.var.now),
        200,
      )
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/following/{userId}',
      operationId: 'follow',
      tags: ['follows'],
      summary: 'Follow a user.',
      description: 'A user who blocks you does not see you as a follower, and you are not told.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['conflict', 'too_many'],
    }),
    async (c) => {
      await c.var.changeEdges(directoryFollows.follow)
      return c.json(await relationView.find(c.var.directory, c.var.pair, c.var.now), 200)
    },
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
      await c.var.changeEdges(directoryFollows.unfollow)
      return c.body(null, 204)
    },
  )
