import * as profiles from '../directory/profiles'
import { router } from '../http/endpoint'
import { byUserId, pageOf } from '../http/page'
import { body, noContent, ok } from '../http/responses'
import { OneUserInRoom, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { Bans, NewBan } from '../schemas/bans'
import { PageQuery } from '../schemas/pages'

export const bans = router()
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/bans',
      operationId: 'listBans',
      tags: ['moderation'],
      summary: 'List the users who are banned from a room.',
      who: who.moderatorsOrSiteStaff('member.ban'),
      orSiteStaff: true,
      request: { query: PageQuery },
      responses: ok(Bans, 'A page of bans that are in force.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      const page = await pageOf(c, c.req.valid('query'), byUserId, (after, limit) =>
        c.var.room((room, caller) => room.listBans(caller, after?.[0] ?? '', limit)),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/bans/{userId}',
      operationId: 'banUser',
      appKey: 'moderation',
      tags: ['moderation'],
      summary: 'Ban a user.',
      description:
        'A member is removed at once, and neither an invite nor the allowlist lets them back in.',
      who: who.moderatorsOrSiteStaff('member.ban'),
      orSiteStaff: true,
      request: { params: OneUserInRoom, body: body(NewBan) },
      responses: noContent('The user is banned.'),
      problems: ['forbidden', 'suspended', 'too_many'],
    }),
    async (c) => {
      const { reason, expiresAt } = c.req.valid('json')
      const profile = await profiles.get(c.var.directory, c.req.valid('param').userId)
      const terms = { reason, expiresAt: expiresAt ? Date.parse(expiresAt) : null }
      await c.var.room((room, caller) => room.ban(caller, profile, terms))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/bans/{userId}',
      operationId: 'unbanUser',
      appKey: 'moderation',
      tags: ['moderation'],
      summary: 'Lift a ban.',
      description: 'The user can join again in any way that is open to them.',
      who: who.moderatorsOrSiteStaff('member.ban'),
      orSiteStaff: true,
      request: { params: OneUserInRoom },
      responses: noContent('The user is not banned.'),
      problems: ['forbidden', 'suspended'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      await c.var.room((room, caller) => room.unban(caller, userId))
      return c.body(null, 204)
    },
  )
