import { z } from 'zod'
import * as profiles from '../directory/profiles'
import { bearer, body, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { Bans, NewBan } from '../schemas/bans'
import { decodeCursor, toPage } from '../schemas/cursor'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'

const InRoom = z.strictObject({ roomId: Id })
const OneUser = z.strictObject({ roomId: Id, userId: Id })
const Place = z.tuple([z.string()])
const who = 'Moderators of the room (capability `member.ban`), and of the site in listed rooms.'

export const bans = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/bans',
      operationId: 'listBans',
      tags: ['moderation'],
      summary: 'The block-list of a room.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: PageQuery },
      responses: { 200: json(Bans, 'A page of bans in force.') },
      problems: ['not_found', 'forbidden'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const after = cursor ? decodeCursor(cursor, Place)[0] : ''
      const found = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (room) => room.listBans(caller, after, limit + 1)),
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
      path: '/v1/rooms/{roomId}/bans/{userId}',
      operationId: 'banUser',
      tags: ['moderation'],
      summary:
        'Put someone on the block-list, which stands above every other way in; a member is out at once.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneUser, body: body(NewBan) },
      responses: { 204: { description: 'They are banned.' } },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      const { reason, expiresAt } = c.req.valid('json')
      const profile = await profiles.get(c.var.directory, userId)
      const terms = { reason, expiresAt: expiresAt ? Date.parse(expiresAt) : null }
      await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (room) => room.ban(caller, profile, terms)),
      )
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/bans/{userId}',
      operationId: 'unbanUser',
      tags: ['moderation'],
      summary: 'Take someone off the block-list; they may come back as anyone may.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneUser },
      responses: { 204: { description: 'They are not banned.' } },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId, userId } = c.req.valid('param')
      await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (room) => room.unban(caller, userId)),
      )
      return c.body(null, 204)
    },
  )
