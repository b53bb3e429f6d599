import { z } from 'zod'
import * as profiles from '../directory/profiles'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { Allowlist } from '../schemas/allowlist'
import { decodeCursor, toPage } from '../schemas/cursor'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'

const InRoom = z.strictObject({ roomId: Id })
const OneUser = z.strictObject({ roomId: Id, userId: Id })
const Place = z.tuple([z.string()])
const who = 'Admins of the room (capability `allowlist.edit`).'

export const allowlist = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/allowlist',
      operationId: 'listAllowed',
      tags: ['moderation'],
      summary: 'Who may enter a closed room by themselves.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: PageQuery },
      responses: { 200: json(Allowlist, 'A page of the list.') },
      problems: ['not_found', 'forbidden'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const after = cursor ? decodeCursor(cursor, Place)[0] : ''
      const { userId } = c.var.access
      const found = await ask(c.env.ROOMS, roomId, (room) =>
        room.listAllowed({ userId }, after, limit + 1),
      )
      return c.json(
        toPage(found, limit, ({ user }) => [user.id]),
        200,
      )
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/allowlist/{userId}',
      operationId: 'allowUser',
      tags: ['moderation'],
      summary: 'Let someone enter a closed room when they like.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneUser },
      responses: { 204: { description: 'They are on the list.' } },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const profile = await profiles.get(c.var.directory, userId)
      await ask(c.env.ROOMS, roomId, (room) => room.allow(caller, profile))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/allowlist/{userId}',
      operationId: 'disallowUser',
      tags: ['moderation'],
      summary: 'Take someone off the allow-list, and out of the room if they are in it.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneUser },
      responses: { 204: { description: 'They are neither on the list nor in the room.' } },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      await ask(c.env.ROOMS, roomId, (room) => room.disallow(caller, userId))
      return c.body(null, 204)
    },
  )
