import { z } from 'zod'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { bytesOf } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { MediaId } from '../schemas/media'
import { Id } from '../schemas/primitives'
import { ChunkHeaders, NewUploadHeaders, UploadHeaders } from '../schemas/uploads'
import * as sending from '../uploads/tus'

const CHUNK = 'application/offset+octet-stream'
const InRoom = z.strictObject({ roomId: Id })
const OneUpload = z.strictObject({ roomId: Id, mediaId: MediaId })
const bytes = bytesOf(CHUNK)
const problems = [
  'not_found',
  'forbidden',
  'suspended',
  'muted',
  'frozen',
  'banned',
  'unavailable',
] as const
const otherVersion = { description: 'This tus is 1.0.0; `Tus-Version` says so.' }
const uploader = 'Who began it.'

export const uploads = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/uploads',
      operationId: 'createUpload',
      tags: ['media'],
      summary: 'Begin a resumable upload by tus, with or without first bytes.',
      description:
        'tus 1.0.0: creation, creation-with-upload, expiration, termination. The last part of `Location` is the id of the media that it becomes. Unfinished and untouched for a day, it goes.',
      who: 'Members (capability `message.attach`); in an open room anyone signed in.',
      guards: [requireSession],
      request: { params: InRoom, headers: NewUploadHeaders, body: { content: bytes } },
      responses: {
        412: otherVersion,
        201: { description: 'It began; `Location` is where to send the bytes.' },
      },
      problems: [...problems, 'too_many', 'conflict'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { 'upload-length': length, 'upload-metadata': metadata } = c.req.valid('header')
      const { filetype: type, filename: name, thumbHash } = metadata
      const plan = { length, type, name, thumbHash }
      const begun = await sending.begin(c.env, roomId, caller, plan, c.var.now)
      const offset =
        c.req.header('Content-Type') === CHUNK
          ? await sending.proceed(c.env, c.req.raw, roomId, caller, begun.id, 0)
          : 0
      const Location = `/v1/rooms/${roomId}/uploads/${begun.id}`
      return c.body(null, 201, { Location, ...sending.headersOf({ ...begun, offset, length }) })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'getUpload',
      tags: ['media'],
      summary: 'Where an upload is; tus asks by HEAD.',
      who: uploader,
      guards: [requireSession],
      request: { params: OneUpload, headers: UploadHeaders },
      responses: {
        412: otherVersion,
        200: { description: '`Upload-Offset` and `Upload-Length` tell.' },
      },
      problems: ['not_found', 'conflict', 'unavailable'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const place = await ask(c.env.ROOMS, roomId, (r) => r.readUpload(caller, mediaId))
      // A request that stored the last byte may have died before it could say so.
      if (place.offset === place.length && place.expiresAt !== null) {
        await sending.proceed(c.env, null, roomId, caller, mediaId, place.offset)
      }
      return c.body(null, 200, { ...sending.headersOf(place), 'Cache-Control': 'no-store' })
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'continueUpload',
      tags: ['media'],
      summary: 'Send bytes that follow those of an upload.',
      who: uploader,
      guards: [requireSession],
      request: {
        params: OneUpload,
        headers: ChunkHeaders,
        body: { required: true, content: bytes },
      },
      responses: {
        412: otherVersion,
        204: { description: 'They are stored; `Upload-Offset` tells up to where.' },
      },
      problems: [...problems, 'conflict', 'gone'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      if (c.req.header('Content-Type') !== CHUNK) {
        throw new ApiError('unsupported_type', `Send the bytes as ${CHUNK}.`)
      }
      const from = c.req.valid('header')['upload-offset']
      const offset = await sending.proceed(c.env, c.req.raw, roomId, caller, mediaId, from)
      const place = await ask(c.env.ROOMS, roomId, (r) => r.readUpload(caller, mediaId))
      return c.body(null, 204, sending.headersOf({ ...place, offset }))
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'cancelUpload',
      tags: ['media'],
      summary: 'Give an upload up.',
      who: uploader,
      guards: [requireSession],
      request: { params: OneUpload, headers: UploadHeaders },
      responses: { 412: otherVersion, 204: { description: 'It is gone.' } },
      problems: ['not_found', 'unavailable'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      await sending.cancel(c.env, roomId, caller, mediaId)
      return c.body(null, 204)
    },
  )
