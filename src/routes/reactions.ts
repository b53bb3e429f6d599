import { z } from 'zod'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { decodeCursor, toPage } from '../schemas/cursor'
import { Emoji } from '../schemas/emoji'
import { PageQuery } from '../schemas/pages'
import { Id, SeqParam } from '../schemas/primitives'
import { Reactors } from '../schemas/reactions'

const OneEmoji = z.strictObject({ roomId: Id, seq: SeqParam, emoji: Emoji })
const Place = z.tuple([z.string()])
const who = 'Members (capability `message.react`).'

export const reactions = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}/@me',
      operationId: 'addReaction',
      tags: ['reactions'],
      summary: 'Give an emoji to a message; 20 kinds a message.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneEmoji },
      responses: { 204: { description: 'You have given it.' } },
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
      const { roomId, seq, emoji } = c.req.valid('param')
      const { userId } = c.var.access
      await ask(c.env.ROOMS, roomId, (room) => room.addReaction({ userId }, seq, emoji))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}/@me',
      operationId: 'removeReaction',
      tags: ['reactions'],
      summary: 'Take your emoji back.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneEmoji },
      responses: { 204: { description: 'You have not given it.' } },
      problems: ['not_found', 'forbidden', 'suspended', 'muted', 'frozen', 'banned'],
    }),
    async (c) => {
      const { roomId, seq, emoji } = c.req.valid('param')
      const { userId } = c.var.access
      await ask(c.env.ROOMS, roomId, (room) => room.removeReaction({ userId }, seq, emoji))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}',
      operationId: 'listReactors',
      tags: ['reactions'],
      summary: 'Who gave an emoji to a message, in the order of their ids.',
      who: 'Anyone who may read the room.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneEmoji, query: PageQuery },
      responses: { 200: json(Reactors, 'A page of people.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId, seq, emoji } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const after = cursor ? decodeCursor(cursor, Place)[0] : ''
      const found = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (room) => room.listReactors(caller, seq, emoji, after, limit + 1)),
      )
      return c.json(
        toPage(found, limit, ({ id }) => [id]),
        200,
      )
    },
  )
