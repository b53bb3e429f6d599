import { z } from 'zod'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { decodeCursor, toPage } from '../schemas/cursor'
import { PageQuery } from '../schemas/pages'
import { Pins } from '../schemas/pins'
import { Id, SeqParam } from '../schemas/primitives'

const OnePin = z.strictObject({ roomId: Id, seq: SeqParam })
const Place = z.tuple([z.number(), z.number()])
const who = 'Moderators of the room, and both in a direct one (capability `message.pin`).'

export const pins = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/pins/{seq}',
      operationId: 'pinMessage',
      tags: ['pins'],
      summary: 'Pin a message; 250 a room.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OnePin },
      responses: { 204: { description: 'It is pinned.' } },
      problems: [
        'not_found',
        'forbidden',
        'suspended',
        'muted',
        'frozen',
        'banned',
        'gone',
        'too_many',
      ],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      const { userId } = c.var.access
      await ask(c.env.ROOMS, roomId, (room) => room.pinMessage({ userId }, seq))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/pins/{seq}',
      operationId: 'unpinMessage',
      tags: ['pins'],
      summary: 'Take a pin off.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OnePin },
      responses: { 204: { description: 'It is not pinned.' } },
      problems: ['not_found', 'forbidden', 'suspended', 'muted', 'frozen', 'banned'],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      const { userId } = c.var.access
      await ask(c.env.ROOMS, roomId, (room) => room.unpinMessage({ userId }, seq))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/pins',
      operationId: 'listPins',
      tags: ['pins'],
      summary: 'The pinned messages, who pinned them and when; the one pinned last comes first.',
      who: 'Anyone who may read the room.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: z.strictObject({ roomId: Id }), query: PageQuery },
      responses: { 200: json(Pins, 'A page of pins.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const place = cursor ? decodeCursor(cursor, Place) : null
      const before = place && { pinnedAt: place[0], seq: place[1] }
      const found = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (room) => room.listPins(caller, before, limit + 1)),
      )
      return c.json(
        toPage(found, limit, ({ pinnedAt, message }) => [Date.parse(pinnedAt), message.seq]),
        200,
      )
    },
  )
