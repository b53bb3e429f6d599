import { z } from 'zod'
import { hashToken, newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { bearer, body, created, endpoint, json, router } from '../http/endpoint'
import { newId } from '../ids'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { decodeCursor, toPage } from '../schemas/cursor'
import { CreatedInvite, InvitePreview, Invites, NewInvite } from '../schemas/invites'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'

const InRoom = z.strictObject({ roomId: Id })
const OneInvite = z.strictObject({ roomId: Id, inviteId: Id })
const Place = z.tuple([z.string()])
const who = 'Admins of the room (capability `invite.create`).'

export const invites = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/invites',
      operationId: 'createInvite',
      tags: ['moderation'],
      summary: 'Make an invite: whoever has its code may enter.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, body: body(NewInvite) },
      responses: { 201: created(CreatedInvite, 'The invite, with its code this once.') },
      problems: ['not_found', 'forbidden', 'suspended', 'too_many'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { expiresAt, maxUses } = c.req.valid('json')
      const { userId } = c.var.access
      const secret = newToken()
      const wanted = {
        id: newId(),
        hash: await hashToken(secret),
        expiresAt: expiresAt ? Date.parse(expiresAt) : null,
        maxUses: maxUses ?? null,
      }
      const invite = await ask(c.env.ROOMS, roomId, (room) => room.createInvite({ userId }, wanted))
      const headers = { Location: `/v1/rooms/${roomId}/invites/${invite.id}` }
      return c.json({ ...invite, code: `${roomId}.${secret}` }, 201, headers)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/invites',
      operationId: 'listInvites',
      tags: ['moderation'],
      summary: 'The invites of a room that were not revoked, and who entered by them.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: PageQuery },
      responses: { 200: json(Invites, 'A page of invites, without their codes.') },
      problems: ['not_found', 'forbidden'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit } = c.req.valid('query')
      const after = cursor ? decodeCursor(cursor, Place)[0] : ''
      const { userId } = c.var.access
      const found = await ask(c.env.ROOMS, roomId, (room) =>
        room.listInvites({ userId }, after, limit + 1),
      )
      return c.json(
        toPage(found, limit, ({ id }) => [id]),
        200,
      )
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/invites/{inviteId}',
      operationId: 'revokeInvite',
      tags: ['moderation'],
      summary: 'End an invite; who entered by it stays.',
      who,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneInvite },
      responses: { 204: { description: 'It opens nothing any more.' } },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId, inviteId } = c.req.valid('param')
      const { userId } = c.var.access
      await ask(c.env.ROOMS, roomId, (room) => room.revokeInvite({ userId }, inviteId))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/invites/{code}',
      operationId: 'previewInvite',
      tags: ['members'],
      summary: 'What one would enter by an invite.',
      who: 'Anyone signed in who has the code.',
      security: bearer,
      middleware: [requireSession] as const,
      request: {
        params: z.strictObject({
          code: z.string().min(1).max(256).meta({
            description: 'The code of an invite.',
            example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.mPZ0mX9b1H2o3kq4Jt5uVw',
          }),
        }),
      },
      responses: { 200: json(InvitePreview, 'The room, from outside.') },
      problems: ['not_found', 'gone', 'banned'],
    }),
    async (c) => {
      const [roomId, secret] = c.req.valid('param').code.split('.')
      if (!roomId || !secret) throw new ApiError('not_found', 'There is no such invite.')
      const { userId } = c.var.access
      const hash = await hashToken(secret)
      return c.json(
        await ask(c.env.ROOMS, roomId, (room) => room.previewInvite({ userId }, hash)),
        200,
      )
    },
  )
