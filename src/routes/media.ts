import { z } from 'zod'
import { signMediaToken } from '../auth/media-tokens'
import * as uploadQuota from '../directory/upload-quota'
import { endpoint, router } from '../http/endpoint'
import { bytesOf, created, json } from '../http/responses'
import { kindOf } from '../media/formats'
import { inspectMedia } from '../media/inspect'
import { assertSize, bytesPerDay } from '../media/limits'
import { openBody, storeBody } from '../media/single-upload'
import { readUploadHeaders } from '../media/upload-headers'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { decodeCursor, encodeCursor } from '../schemas/cursor'
import { Gallery, Media, MediaKind, MediaToken, NewMediaQuery } from '../schemas/media'
import { PageQuery } from '../schemas/pages'
import { Id, iso } from '../schemas/primitives'

const InRoom = z.strictObject({ roomId: Id })
const Place = z.tuple([z.number(), z.number()])
const bytes = bytesOf('*/*')

export const media = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/media',
      operationId: 'uploadMedia',
      tags: ['media'],
      summary: 'Upload media in one request, for a message of yours to have.',
      description:
        'The body is the bytes, with their `Content-Type`, their `Content-Length` and, for the name, a `Content-Disposition`. What no message has after a day is removed. Of a JPEG the place where it was taken is removed; of other kinds it is not: do that before sending.',
      who: 'Members (capability `message.attach`); in an open room anyone signed in.',
      guards: [requireSession],
      request: { params: InRoom, query: NewMediaQuery, body: { required: true, content: bytes } },
      responses: { 201: created(Media, 'The media.') },
      problems: [
        'not_found',
        'forbidden',
        'suspended',
        'muted',
        'frozen',
        'banned',
        'too_many',
        'unavailable',
      ],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { thumbHash } = c.req.valid('query')
      const declared = { ...readUploadHeaders(c.req.raw), thumbHash }
      assertSize(c.env, kindOf(declared.type), declared.size)
      const body = await openBody(c.req.raw)
      const draft = await inspectMedia(body.head, declared, c.env)
      const spent = { ...caller, bytes: draft.size, perDay: bytesPerDay(c.env), now: c.var.now }
      const stored = await uploadQuota.spendDuring(c.var.directory, spent, async () => {
        const id = await ask(c.env.ROOMS, roomId, (r) => r.beginUpload(caller, draft))
        return storeBody(c.env.MEDIA, id, body, draft, {
          finish: (etag) => ask(c.env.ROOMS, roomId, (r) => r.finishUpload(caller, id, etag)),
          abandon: () => ask(c.env.ROOMS, roomId, (r) => r.abandonUpload(caller, id)),
        })
      })
      return c.json(stored, 201, { Location: stored.url })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/media',
      operationId: 'listMedia',
      tags: ['media'],
      summary: 'The gallery of a room: what its messages have, newest first.',
      who: 'Anyone who may read the room.',
      guards: [requireSession],
      request: { params: InRoom, query: PageQuery.extend({ kind: MediaKind.optional() }) },
      responses: { 200: json(Gallery, 'A page of the gallery.') },
      problems: ['not_found', 'forbidden', 'banned', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { cursor, limit, kind = null } = c.req.valid('query')
      const place = cursor ? decodeCursor(cursor, Place) : null
      const before = place && { messageSeq: place[0], position: place[1] }
      const { items, next } = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => r.listMedia(caller, { kind, before, limit })),
      )
      return c.json(
        { items, nextCursor: next && encodeCursor([next.messageSeq, next.position]) },
        200,
      )
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/media-token',
      operationId: 'createMediaToken',
      tags: ['media'],
      summary: 'A token of five minutes with which a page shows media of this room.',
      description:
        'For `<img>` and `<video>`, which send no headers. It names you: what you may not read, it does not open.',
      who: 'Anyone who may read the room.',
      guards: [requireSession],
      request: { params: InRoom },
      responses: { 200: json(MediaToken, 'The token.') },
      problems: ['not_found', 'forbidden', 'banned', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { access, now } = c.var
      await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) =>
          r.listMedia(caller, { kind: null, before: null, limit: 1 }),
        ),
      )
      const { token, expiresAt } = await signMediaToken(c.env.TOKEN_SECRET, access, roomId, now)
      return c.json({ token, expiresAt: iso(expiresAt) }, 200)
    },
  )
