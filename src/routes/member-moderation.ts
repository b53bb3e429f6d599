import { z } from 'zod'
import * as appKeys from '../directory/app-keys'
import * as dmAccess from '../directory/dm-access'
import * as profiles from '../directory/profiles'
import { ApiError } from '../errors'
import { router } from '../http/endpoint'
import { body, noContent, ok } from '../http/responses'
import { OneUserInRoom, READING, roomEndpoint } from '../http/room-endpoint'
import { Member, MemberPatch, Reason } from '../schemas/members'

/** What members do to other members. Joining and leaving is in members.ts. */
export const memberModeration = router()
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'addMember',
      appKey: 'rooms.write',
      tags: ['members'],
      summary: 'Add a member directly.',
      who: 'Room admins (capability `member.add`), if the user accepts being added by them.',
      request: { params: OneUserInRoom },
      responses: ok(Member, 'The member.'),
      problems: ['forbidden', 'not_connected', 'too_many', 'banned', 'suspended'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      const { caller, directory, now } = c.var
      const [profile, addable] = await Promise.all([
        profiles.findForJoin(directory, userId),
        dmAccess.filterAddable(directory, caller.userId, [userId], now),
      ])
      if (!profile || profile.deleted) throw new ApiError('not_found', 'There is no such user.')
      // Between users of one back end it decides, as it decides who they are.
      const isOwn = c.var.appKeyId !== undefined && (await appKeys.isUser(directory, userId))
      const mayAdd = isOwn || addable.includes(userId)
      await c.var.room((room) => room.addMember(caller, profile, mayAdd))
      return c.json(await c.var.room((room) => room.readMember(caller, userId)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'changeMember',
      appKey: 'moderation',
      tags: ['members'],
      summary: "Change a member's role, mute them, or clear their metadata.",
      who: 'Room admins (capability `member.role`) and moderators (`member.mute`, also to clear metadata), if the member has a lower role; admins may also lower their own role.',
      request: { params: OneUserInRoom, body: body(MemberPatch) },
      responses: ok(Member, 'The updated member.'),
      problems: [...READING, 'suspended', 'last_owner'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      const patch = c.req.valid('json')
      await c.var.room((room, caller) => room.changeMember(caller, userId, patch))
      return c.json(await c.var.room((room, caller) => room.readMember(caller, userId)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/members/{userId}',
      operationId: 'removeMember',
      appKey: 'moderation',
      tags: ['members'],
      summary: 'Remove a member.',
      description: 'They see nothing that happens in the room after that.',
      who: 'Room moderators (capability `member.remove`), if the member has a lower role.',
      request: { params: OneUserInRoom, query: z.strictObject({ reason: Reason.optional() }) },
      responses: noContent('The user is not in the room.'),
      problems: [...READING, 'suspended'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      const { reason } = c.req.valid('query')
      await c.var.room((room, caller) => room.removeMember(caller, userId, reason))
      return c.body(null, 204)
    },
  )
