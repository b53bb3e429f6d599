import { z } from 'zod'
import { distinctPair } from '../directory/edge-outcome'
import * as directoryFriends from '../directory/friends'
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

export const friends = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/friends',
      operationId: 'listFriends',
      tags: ['friends'],
      summary: 'Your friends, latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: { 200: json(UserPage, 'A page of friends.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const query = { kind: 'friend' as const, direction: 'out' as const, ...c.req.valid('query') }
      return c.json(await relationView.list(directory, access.userId, query, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/friends/{userId}',
      operationId: 'acceptFriend',
      tags: ['friends'],
      summary: 'Accepts a friend request; being friends already is fine.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 200: json(User, 'The user, with what you are to them now.') },
      problems: ['suspended', 'not_found', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryFriends.acceptRequest(directory, both, now),
      )
      return c.json(await relationView.find(directory, both, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/friends/{userId}',
      operationId: 'endFriendship',
      tags: ['friends'],
      summary: 'Ends a friendship, for both.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 204: { description: 'You are not friends.' } },
      problems: ['suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryFriends.unfriend(directory, both, now),
      )
      return c.body(null, 204)
    },
  )
