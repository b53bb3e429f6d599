import { z } from 'zod'
import * as passwords from '../auth/passwords'
import { hashToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { CallRoom } from '../http/context'
import { router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import { readRoom } from '../http/room-view'
import * as who from '../http/who'
import type { JoinProof } from '../room/policy/join-policy'
import { decodeCursor, encodeCursor } from '../schemas/cursor'
import { JoinInput, Members } from '../schemas/members'
import { PageQuery } from '../schemas/pages'
import { Room } from '../schemas/rooms'

const MembersCursor = z.tuple([z.number(), z.string()])

export const members = router()
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/members',
      operationId: 'listMembers',
      tags: ['members'],
      summary: 'List the members in the order they joined, and who is online.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: PageQuery },
      responses: ok(Members, 'A page of members.'),
      problems: READING,
    }),
    async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const key = cursor ? decodeCursor(cursor, MembersCursor) : null
      const after = key && { joinedAt: key[0], userId: key[1] }
      const { items, next } = await c.var.room((room, caller) =>
        room.listMembers(caller, after, limit),
      )
      return c.json({ items, nextCursor: next && encodeCursor([next.joinedAt, next.userId]) }, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'joinRoom',
      tags: ['members'],
      summary:
        'Join a room. A closed room takes its password, an invite, or a place on its allowlist.',
      who: 'Anyone signed in whom the room admits.',
      request: {
        body: { required: false, content: { 'application/json': { schema: JoinInput } } },
      },
      responses: ok(Room, 'The room, with you as a member.'),
      problems: [...READING, 'suspended', 'wrong_password', 'gone', 'conflict', 'too_many'],
    }),
    async (c) => {
      const keys = await verify(c.req.valid('json'), c.req.valid('param').roomId, c.var.room)
      await c.var.room((room, caller) => room.join(caller, keys))
      return c.json(await readRoom(c.var), 200)
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
  { password, invite }: JoinInput,
  roomId: string,
  room: CallRoom,
): Promise<JoinProof> {
  if (invite !== undefined) {
    const [invitedTo, secret = ''] = invite.split('.')
    if (invitedTo !== roomId) throw new ApiError('not_found', 'This invite is for another room.')
    return { inviteHash: await hashToken(secret) }
  }
  if (password === undefined) return {}
  const { hash, version } = await room((stub, caller) => stub.tryPassword(caller))
  if (await passwords.verify(password, hash)) return { passwordVersion: version }
  throw new ApiError('wrong_password', 'The password is wrong.')
}
