import { z } from 'zod'
import { hashToken, newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { byId, pageOf } from '../http/page'
import { body, created, noContent, ok } from '../http/responses'
import { InRoom, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { newId } from '../ids'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { CreatedInvite, InvitePreview, Invites, NewInvite } from '../schemas/invites'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'

export const invites = router()
  .openapi(
    roomEndpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/invites',
      operationId: 'createInvite',
      tags: ['moderation'],
      summary: 'Create an invite.',
      description: 'Anyone who has its code can join.',
      who: who.admins('invite.create'),
      request: { body: body(NewInvite) },
      responses: { 201: created(CreatedInvite, 'The invite. Its code is shown only this once.') },
      problems: ['forbidden', 'suspended', 'too_many'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { expiresAt, maxUses } = c.req.valid('json')
      const secret = newToken()
      const newInvite = {
        id: newId(),
        hash: await hashToken(secret),
        expiresAt: expiresAt ? Date.parse(expiresAt) : null,
        maxUses: maxUses ?? null,
      }
      const invite = await c.var.room((room, caller) => room.createInvite(caller, newInvite))
      const headers = { Location: `/v1/rooms/${roomId}/invites/${invite.id}` }
      return c.json({ ...invite, code: `${roomId}.${secret}` }, 201, headers)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/invites',
      operationId: 'listInvites',
      tags: ['moderation'],
      summary: 'List the invites that were not revoked, and who joined by each.',
      who: who.admins('invite.create'),
      request: { query: PageQuery },
      responses: ok(Invites, 'A page of invites, without their codes.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      const page = await pageOf(c, c.req.valid('query'), byId, (after, limit) =>
        c.var.room((room, caller) => room.listInvites(caller, after?.[0] ?? '', limit)),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/invites/{inviteId}',
      operationId: 'revokeInvite',
      tags: ['moderation'],
      summary: 'Revoke an invite.',
      description: 'Members who joined by it stay.',
      who: who.admins('invite.create'),
      request: { params: InRoom.extend({ inviteId: Id }) },
      responses: noContent('The invite no longer works.'),
      problems: ['forbidden', 'suspended'],
    }),
    async (c) => {
      const { inviteId } = c.req.valid('param')
      await c.var.room((room, caller) => room.revokeInvite(caller, inviteId))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/invites/{code}',
      operationId: 'previewInvite',
      tags: ['members'],
      summary: 'Preview the room an invite opens.',
      who: 'Anyone signed in who has the code.',
      guards: [requireSession],
      request: {
        params: z.strictObject({
          code: z.string().min(1).max(256).meta({
            description: 'The code of an invite.',
            example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.mPZ0mX9b1H2o3kq4Jt5uVw',
          }),
        }),
      },
      responses: ok(InvitePreview, 'The room as someone outside it may see it.'),
      problems: ['not_found', 'gone', 'banned'],
    }),
    async (c) => {
      const [roomId, secret] = c.req.valid('param').code.split('.')
      if (!roomId || !secret) throw noInvite()
      const caller = { userId: c.var.access.userId }
      const hash = await hashToken(secret)
      const preview = await ask(c.env.ROOMS, roomId, (room) =>
        room.previewInvite(caller, hash),
      ).catch((error) => {
        // Whether the room exists or only the invite does not: nobody learns which.
        if (error instanceof ApiError && error.code === 'not_found') throw noInvite()
        throw error
      })
      return c.json(preview, 200)
    },
  )

const noInvite = () => new ApiError('not_found', 'There is no such invite.')
