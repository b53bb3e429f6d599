import { z } from 'zod'
import { signMediaToken } from '../auth/media-tokens'
import { router } from '../http/endpoint'
import { pageAfter } from '../http/page'
import { bytesOf, created, ok } from '../http/responses'
import { READING, roomEndpoint, WRITING } from '../http/room-endpoint'
import * as who from '../http/who'
import type { GalleryCursor } from '../room/store/media/media'
import { FileHeaders } from '../schemas/headers'
import { Gallery, Media, MediaKind, MediaToken, NewMediaQuery } from '../schemas/media'
import { PageQuery } from '../schemas/pages'
import { iso, secondsUntil } from '../schemas/primitives'
import * as single from '../uploads/single'

const MessageKey = z.tuple([z.number(), z.number()])
const keyOf = ({ messageSeq, position }: GalleryCursor): z.infer<typeof MessageKey> => [
  messageSeq,
  position,
]

// Bytes of no known type, and the kinds of media.
const FILES = ['application/octet-stream', 'image/*', 'video/*', 'audio/*', 'application/pdf']

export const media = router()
  .openapi(
    roomEndpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/media',
      operationId: 'uploadMedia',
      tags: ['media'],
      summary: 'Upload media in one request, to attach to a message you post.',
      description:
        'The body is the bytes of the file, not a form. Send their `Content-Type`, their `Content-Length` (browsers and `fetch` set it for a `File`, a `Blob` or an array of bytes) and, to name the file, a `Content-Disposition`. Media that no message uses within a day is removed. The GPS position is removed from JPEG files only; remove it from other kinds before you upload them.',
      who: who.membersAndVisitors('message.attach'),
      request: {
        query: NewMediaQuery,
        headers: FileHeaders,
        body: { required: true, content: bytesOf(...FILES) },
      },
      responses: { 201: created(Media, 'The media.') },
      problems: [...WRITING, 'too_many'],
    }),
    async (c) => {
      const { thumbHash } = c.req.valid('query')
      const stored = await single.upload({ env: c.env, ...c.var }, c.req.raw, thumbHash)
      return c.json(stored, 201, { Location: stored.url })
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/media',
      operationId: 'listMedia',
      tags: ['media'],
      summary: 'Browse the gallery: all media attached to messages of the room, newest first.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: PageQuery.extend({ kind: MediaKind.optional() }) },
      responses: ok(Gallery, 'A page of the gallery.'),
      problems: READING,
    }),
    async (c) => {
      const query = c.req.valid('query')
      const { limit, kind = null } = query
      const page = await pageAfter(c, query, MessageKey, async (key) => {
        const before = key && { messageSeq: key[0], position: key[1] }
        const { items, next } = await c.var.room((room, caller) =>
          room.listMedia(caller, { kind, before, limit }),
        )
        return { items, next: next && keyOf(next) }
      })
      return c.json(page, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/media-token',
      operationId: 'createMediaToken',
      tags: ['media'],
      summary: 'Create a token with which a page shows media of the room.',
      description:
        'Use it for `<img>` and `<video>`, which cannot send headers. It stands for you: it opens only what you may read at that moment. It works for five minutes at least, and for an hour you get the same one, so that the browser keeps what it has loaded. Ask again when it has expired.',
      who: who.readers,
      orSiteStaff: true,
      responses: ok(MediaToken, 'The token.'),
      problems: READING,
    }),
    async (c) => {
      const { access, now } = c.var
      const { roomId } = c.req.valid('param')
      // Any read will do: it throws what the room refuses.
      await c.var.room((room, caller) =>
        room.listMedia(caller, { kind: null, before: null, limit: 1 }),
      )
      const { token, expiresAt } = await signMediaToken(c.env.TOKEN_SECRET, access, roomId, now)
      return c.json(
        { token, expiresAt: iso(expiresAt), expiresIn: secondsUntil(expiresAt, now) },
        200,
      )
    },
  )
