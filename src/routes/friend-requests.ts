import { z } from 'zod'
import { distinctPair } from '../directory/edge-outcome'
import * as directoryFriends from '../directory/friends'
import * as relationView from '../directory/relation-view'
import * as dmAccessFanout from '../fanout/dm-access-fanout'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { Id } from '../schemas/primitives'
import { RequestsQuery } from '../schemas/relations'
import { User, UserPage } from '../schemas/users'

const params = z.strictObject({ userId: Id })
const who = 'Anyone signed in whose account is not suspended.'

export const friendRequests = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/friend-requests',
      operationId: 'listFriendRequests',
      tags: ['friends'],
      summary: 'Whom you asked, or who asks you, to be friends; latest first.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: RequestsQuery },
      responses: { 200: json(UserPage, 'A page of users.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const query = { kind: 'request' as const, ...c.req.valid('query') }
      return c.json(await relationView.list(directory, access.userId, query, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/friend-requests/{userId}',
      operationId: 'sendFriendRequest',
      tags: ['friends'],
      summary: 'Asks someone to be friends; where they ask you too, you are friends at once.',
      description:
        '`relation` tells which: `friend`, or `request: out`. Someone who blocks you gets no request, and nothing tells you so.',
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
        await directoryFriends.sendRequest(directory, both, now),
      )
      return c.json(await relationView.find(directory, both, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/friend-requests/{userId}',
      operationId: 'dismissFriendRequest',
      tags: ['friends'],
      summary: 'Withdraws your request to someone and refuses theirs.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 204: { description: 'No request waits between you.' } },
      problems: ['suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryFriends.dismissRequests(directory, both, now),
      )
      return c.body(null, 204)
    },
  )
