import type { Context } from 'hono'
import { z } from 'zod'
import * as passwords from '../auth/passwords'
import { hashToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { RoomEnv } from '../http/context'
import { router } from '../http/endpoint'
import { metadataChange } from '../http/merge-patch'
import { pageAfter } from '../http/page'
import { noContent, ok, patchBody } from '../http/responses'
import { READING, roomEndpoint, WRITING } from '../http/room-endpoint'
import { readRoom } from '../http/room-view'
import * as who from '../http/who'
import { limitRoomPasswords } from '../middleware/rate-limits'
import type { JoinProof } from '../room/policy/join-policy'
import type { PasswordChallenge } from '../room/queries/access'
import type { MemberCursor } from '../room/store/roster'
import { JoinInput, Members, MembersQuery, OwnMember, OwnMemberPatch } from '../schemas/members'
import { Room } from '../schemas/rooms'

const JoinKey = z.tuple([z.number(), z.string()])
const keyOf = ({ joinedAt, userId }: MemberCursor): z.infer<typeof JoinKey> => [joinedAt, userId]

export const members = router()
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/members',
      revalidates: true,
      operationId: 'listMembers',
      appKey: 'read',
      tags: ['members'],
      summary: 'List the members in the order they joined, or find them by name.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: MembersQuery },
      responses: ok(Members, 'A page of members.'),
      problems: READING,
    }),
    async (c) => {
      const query = c.req.valid('query')
      const page = await pageAfter(c, query, JoinKey, async (key) => {
        const after = key && { joinedAt: key[0], userId: key[1] }
        const { items, next } = await c.var.room((room, caller) =>
          room.listMembers(caller, after, query.limit, query.search),
        )
        return { items, next: next && keyOf(next) }
      })
      return c.json(page, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'joinRoom',
      tags: ['members'],
      summary: 'Join a room.',
      description:
        'A closed room takes its password, an invite, or a place on its allowlist. A guest enters it by an invite only.',
      who: 'Anyone signed in whom the room admits.',
      request: {
        body: { required: false, content: { 'application/json': { schema: JoinInput } } },
      },
      responses: ok(Room, 'The room, with you as a member.'),
      problems: [
        ...READING,
        'suspended',
        'registration_required',
        'wrong_password',
        'gone',
        'conflict',
        'too_many',
      ],
    }),
    async (c) => {
      const keys = await verify(c, c.req.valid('json'), c.req.valid('param').roomId)
      await c.var.room((room, caller) => room.join(caller, keys))
      return c.json(await readRoom(c.var), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'changePreferences',
      tags: ['members'],
      summary:
        'Change your own preferences in a room: notifications, snooze, favourite, archive; and your metadata there.',
      description:
        'Preferences are yours alone: nobody else sees them. They are in `me` of the room and of your lists. `metadata` is seen by everyone in the room. Leaving the room forgets both.',
      who: 'Members; `metadata` those who may post (capability `message.post`).',
      request: { body: patchBody(OwnMemberPatch) },
      responses: ok(
        OwnMember,
        'All your preferences in the room, as they hold now, and your metadata.',
      ),
      problems: [...WRITING, 'not_connected'],
    }),
    async (c) => {
      const { metadata, ...preferences } = c.req.valid('json')
      const patch = { ...preferences, ...metadataChange(c.req, metadata) }
      return c.json(await c.var.room((room, caller) => room.changeOwnMember(caller, patch)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'leaveRoom',
      tags: ['members'],
      summary: 'Leave a room.',
      who: 'Members, except the last owner and the two users of a direct room.',
      responses: noContent('You are not in the room.'),
      problems: [...READING, 'last_owner'],
    }),
    async (c) => {
      await c.var.room((room, caller) => room.leave(caller))
      return c.body(null, 204)
    },
  )

/** Checks what a user shows to join. Passwords are hashed here, where nobody else waits for the room. */
async function verify(
  c: Context<RoomEnv>,
  { password, invite }: JoinInput,
  roomId: string,
): Promise<JoinProof> {
  if (invite !== undefined) {
    const [invitedTo, secret = ''] = invite.split('.')
    if (invitedTo !== roomId) throw new ApiError('not_found', 'This invite is for another room.')
    return { inviteHash: await hashToken(secret) }
  }
  if (password === undefined) return {}
  await limitRoomPasswords(c, c.var.access.userId)
  const tried = c.var.room((room, caller) => room.tryPassword(caller)).catch(hidden)
  const { hash, version, isVisible } = await tried
  // The same work where no password is right, so that time does not tell which it was.
  const phc = hash ?? passwords.dummyHash(Number(c.env.PASSWORD_COST))
  if (await passwords.verify(password, phc, 'room')) return { passwordVersion: version }
  if (isVisible) throw new ApiError('wrong_password', 'The password is wrong.')
  throw new ApiError('not_found', 'There is no such room, or its password is wrong.')
}

/** A room that does not exist looks like an unlisted one whose password is wrong. */
function hidden(error: unknown): PasswordChallenge {
  if (!(error instanceof ApiError) || error.code !== 'not_found') throw error
  return { hash: null, version: 0, isVisible: false }
}
