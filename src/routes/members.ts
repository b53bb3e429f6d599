import { z } from 'zod'
import { decode, encode } from '../cursors'
import { signedIn } from '../middleware/signed-in'
import { bearer, endpoint, json, router } from '../openapi'
import { ask } from '../room/answer'
import { Members } from '../schemas/members'
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
      middleware: [signedIn] as const,
      request: { params: InRoom, query: PageQuery },
      responses: { 200: json(Members, 'A page of members.') },
      problems: ['not_found', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const { userId } = c.var.access
      const place = cursor ? decode(cursor, Place) : null
      const after = place && { joinedAt: place[0], userId: place[1] }
      const page = await ask(c.env.ROOMS, roomId, (r) => r.listMembers(userId, after, limit))
      const nextCursor = page.next && encode([page.next.joinedAt, page.next.userId])
      return c.json({ items: page.items, nextCursor }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'joinRoom',
      tags: ['members'],
      summary: 'Join a room.',
      who: 'Anyone signed in, while the room is open.',
      security: bearer,
      middleware: [signedIn] as const,
      request: { params: InRoom },
      responses: { 200: json(Room, 'The room, with you in it.') },
      problems: ['not_found', 'suspended', 'conflict', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      return c.json(await ask(c.env.ROOMS, roomId, (r) => r.join(c.var.access.userId)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/members/@me',
      operationId: 'leaveRoom',
      tags: ['members'],
      summary: 'Leave a room.',
      who: 'Its members; the last owner cannot.',
      security: bearer,
      middleware: [signedIn] as const,
      request: { params: InRoom },
      responses: { 204: { description: 'You are not in it.' } },
      problems: ['not_found', 'last_owner', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      await ask(c.env.ROOMS, roomId, (r) => r.leave(c.var.access.userId))
      return c.body(null, 204)
    },
  )
