import { z } from 'zod'
import * as passwords from '../auth/passwords'
import { hashToken } from '../auth/tokens'
import * as directPeers from '../directory/direct-peers'
import { ApiError } from '../errors'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import type { Caller } from '../room/policy/authorize'
import type * as entrance from '../room/policy/join-policy'
import { decodeCursor, encodeCursor } from '../schemas/cursor'
import { JoinInput, Members } from '../schemas/members'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { Room } from '../schemas/rooms'

const InRoom = z.strictObject({ roomId: Id })
const Place = z.tuple([z.number(), z.string()])

export const members = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/members',
      operationId: 'listMembers',
      tags: ['members'],
      summary: 'The members of a room in the order they joined, and who of them is online.',
      who: 'Anyone who may read the room.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: PageQuery },
      responses: { 200: json(Members, 'A page of members.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const place = cursor ? decodeCursor(cursor, Place) : null
      const after = place && { joinedAt: place[0], userId: place[1] }
      const page = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => r.listMembers(caller, after, limit)),
      )
      const nextCursor = page.next && encodeCursor([page.next.joinedAt, page.next.userId])
      return c.json({ items: page.items, nextCursor }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'joinRoom',
      tags: ['members'],
      summary:
        'Join a room: an open one, or a closed one by the allow-list, its password or an invite.',
      who: 'Anyone signed in who has a way in.',
      security: bearer,
      middleware: [requireSession] as const,
      request: {
        params: InRoom,
        body: { required: false, content: { 'application/json': { schema: JoinInput } } },
      },
      responses: { 200: json(Room, 'The room, with you in it.') },
      problems: [
        'not_found',
        'forbidden',
        'banned',
        'suspended',
        'wrong_password',
        'gone',
        'conflict',
        'too_many',
      ],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const keys = await present(c.env.ROOMS, roomId, caller, c.req.valid('json'))
      await ask(c.env.ROOMS, roomId, (r) => r.join(caller, keys))
      const room = await ask(c.env.ROOMS, roomId, (r) => r.readRoom(caller))
      const [shown = room] = await directPeers.withPeers(
        c.var.directory,
        caller.userId,
        [room],
        c.var.now,
      )
      return c.json(shown, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'leaveRoom',
      tags: ['members'],
      summary: 'Leave a room.',
      who: 'Its members; the last owner cannot, nor the two of a direct room.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom },
      responses: { 204: { description: 'You are not in it.' } },
      problems: ['not_found', 'forbidden', 'banned', 'last_owner'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      await ask(c.env.ROOMS, roomId, (r) => r.leave({ userId: c.var.access.userId }))
      return c.body(null, 204)
    },
  )

/** Checks what was shown at the door: passwords are hashed here, where nobody waits for the room. */
async function present(
  rooms: Env['ROOMS'],
  roomId: string,
  caller: Caller,
  { password, invite }: JoinInput,
): Promise<entrance.Keys> {
  if (invite !== undefined) {
    const [room, secret = ''] = invite.split('.')
    if (room !== roomId) throw new ApiError('not_found', 'This invite is to another room.')
    return { inviteHash: await hashToken(secret) }
  }
  if (password === undefined) return {}
  const { hash, version } = await ask(rooms, roomId, (room) => room.tryPassword(caller))
  if (await passwords.verify(password, hash)) return { passwordVersion: version }
  throw new ApiError('wrong_password', 'The password is wrong.')
}
