import { z } from 'zod'
import { distinctPair } from '../directory/edge-outcome'
import * as directoryFollows from '../directory/follows'
import * as relationView from '../directory/relation-view'
import * as dmAccessFanout from '../fanout/dm-access-fanout'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { User, UserPage } from '../schemas/users'

const params = z.strictObject({ userId: Id })
const who = 'Anyone signed in whose account is not suspended.'

export const follows = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/following',
      operationId: 'listFollowing',
      tags: ['follows'],
      summary: 'Whom you follow, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: { 200: json(UserPage, 'A page of users.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const query = { kind: 'follow' as const, direction: 'out' as const, ...c.req.valid('query') }
      return c.json(await relationView.list(directory, access.userId, query, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/followers',
      operationId: 'listFollowers',
      tags: ['follows'],
      summary: 'Who follows you, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: { 200: json(UserPage, 'A page of users.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const query = { kind: 'follow' as const, direction: 'in' as const, ...c.req.valid('query') }
      return c.json(await relationView.list(directory, access.userId, query, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/following/{userId}',
      operationId: 'follow',
      tags: ['follows'],
      summary: 'Follows someone.',
      description:
        'Someone who blocks you does not see you as a follower, and nothing tells you so.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 200: json(User, 'The user, with what you are to them now.') },
      problems: ['suspended', 'not_found', 'conflict', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryFollows.follow(directory, both, now),
      )
      return c.json(await relationView.find(directory, both, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/following/{userId}',
      operationId: 'unfollow',
      tags: ['follows'],
      summary: 'Follows someone no longer.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 204: { description: 'You do not follow them.' } },
      problems: ['suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryFollows.unfollow(directory, both, now),
      )
      return c.body(null, 204)
    },
  )
