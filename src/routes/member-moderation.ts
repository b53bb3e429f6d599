import { z } from 'zod'
import * as dmAccess from '../directory/dm-access'
import * as profiles from '../directory/profiles'
import { ApiError } from '../errors'
import { bearer, body, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { Member, MemberPatch, Reason } from '../schemas/members'
import { Id } from '../schemas/primitives'

const OneMember = z.strictObject({ roomId: Id, userId: Id })
const Why = z.strictObject({ reason: Reason.optional() })

/** What members do to each other; what one does oneself is in members.ts. */
export const memberModeration = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'addMember',
      tags: ['members'],
      summary: 'Add someone, who then simply is in the room.',
      who: 'Admins of the room (capability `member.add`), if the other lets them.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMember },
      responses: { 200: json(Member, 'The member.') },
      problems: ['not_found', 'forbidden', 'not_connected', 'too_many', 'banned', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { directory, now } = c.var
      const [profile, willing] = await Promise.all([
        profiles.findForJoin(directory, userId),
        dmAccess.filterAddable(directory, caller.userId, [userId], now),
      ])
      if (!profile || profile.deleted) throw new ApiError('not_found', 'There is no such user.')
      const isWilling = willing.includes(userId)
      await ask(c.env.ROOMS, roomId, (room) => room.addMember(caller, profile, isWilling))
      return c.json(await ask(c.env.ROOMS, roomId, (room) => room.readMember(caller, userId)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'changeMember',
      tags: ['members'],
      summary: 'Change the role of a member, or mute them.',
      who: 'Admins (capability `member.role`) and moderators (`member.mute`), on lower roles; admins may also step down.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMember, body: body(MemberPatch) },
      responses: { 200: json(Member, 'The member as it is now.') },
      problems: ['not_found', 'forbidden', 'banned', 'suspended', 'last_owner'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const patch = c.req.valid('json')
      await ask(c.env.ROOMS, roomId, (room) => room.changeMember(caller, userId, patch))
      return c.json(await ask(c.env.ROOMS, roomId, (room) => room.readMember(caller, userId)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'removeMember',
      tags: ['members'],
      summary: 'Remove a member; for them the room ends at that event.',
      who: 'Moderators (capability `member.remove`), on lower roles.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMember, query: Why },
      responses: { 204: { description: 'They are not in it.' } },
      problems: ['not_found', 'forbidden', 'banned', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { reason } = c.req.valid('query')
      await ask(c.env.ROOMS, roomId, (room) => room.removeMember(caller, userId, reason))
      return c.body(null, 204)
    },
  )
