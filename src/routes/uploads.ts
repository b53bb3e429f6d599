import { waitUntil } from 'cloudflare:workers'
import { z } from 'zod'
import { ApiError } from '../errors'
import * as drafts from '../media/drafts'
import * as formats from '../media/formats'
import * as limits from '../media/limits'
import { receive } from '../media/receiving'
import { HEAD_BYTES } from '../media/sniffing'
import { signedIn } from '../middleware/signed-in'
import { bearer, endpoint, router } from '../openapi'
import type { Caller } from '../room/actors'
import { ask } from '../room/answer'
import type { Place } from '../room/resuming'
import { MediaId } from '../schemas/media'
import { Id } from '../schemas/primitives'
import { ChunkHeaders, NewUploadHeaders, UploadHeaders } from '../schemas/uploads'

const CHUNK = 'application/offset+octet-stream'
const InRoom = z.strictObject({ roomId: Id })
const OneUpload = z.strictObject({ roomId: Id, mediaId: MediaId })
const bytes = { [CHUNK]: { schema: { type: 'string' as const, format: 'binary' } } }
const problems = [
  'not_found',
  'forbidden',
  'suspended',
  'muted',
  'frozen',
  'banned',
  'unavailable',
] as const
const uploader = 'Who began it.'

export const uploads = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/uploads',
      operationId: 'createUpload',
      tags: ['media'],
      summary: 'Begin a resumable upload (tus 1.0.0, creation and creation-with-upload).',
      description:
        'The last part of `Location` is the id of the media that it becomes. Unfinished and untouched for a day, it goes.',
      who: 'Members (capability `message.attach`); in an open room anyone signed in.',
      security: bearer,
      middleware: [signedIn] as const,
      request: { params: InRoom, headers: NewUploadHeaders, body: { content: bytes } },
      responses: { 201: { description: 'It began; `Location` is where to send the bytes.' } },
      problems: [...problems, 'rate_limited', 'conflict'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { 'upload-length': length, 'upload-metadata': metadata } = c.req.valid('header')
      const { filetype: type, filename: name, thumbHash } = metadata
      if (length === 0) throw new ApiError('invalid', 'There are no bytes.')
      limits.check(c.env, formats.find(type)?.kind ?? 'file', length)
      const plan = { length, type, name, thumbHash }
      const perDay = limits.perDay(c.env)
      const begun = await ask(c.env.ROOMS, roomId, (r) => r.createUpload(caller, plan, perDay))
      const offset =
        c.req.header('Content-Type') === CHUNK
          ? await go(c.env, c.req.raw, roomId, caller, begun.id, 0)
          : 0
      const Location = `/v1/rooms/${roomId}/uploads/${begun.id}`
      return c.body(null, 201, { Location, ...headersOf({ ...begun, offset, length }) })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'getUpload',
      tags: ['media'],
      summary: 'Where an upload is (tus 1.0.0 asks by HEAD).',
      who: uploader,
      security: bearer,
      middleware: [signedIn] as const,
      request: { params: OneUpload, headers: UploadHeaders },
      responses: { 200: { description: '`Upload-Offset` and `Upload-Length` tell.' } },
      problems: ['not_found', 'conflict', 'unavailable'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const place = await ask(c.env.ROOMS, roomId, (r) => r.readUpload(caller, mediaId))
      // A request that stored the last byte may have died before it could say so.
      if (place.offset === place.length && place.expiresAt !== null) {
        await go(c.env, null, roomId, caller, mediaId, place.offset)
      }
      return c.body(null, 200, { ...headersOf(place), 'Cache-Control': 'no-store' })
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
      security: bearer,
      middleware: [signedIn] as const,
      request: {
        params: OneUpload,
        headers: ChunkHeaders,
        body: { required: true, content: bytes },
      },
      responses: { 204: { description: 'They are stored; `Upload-Offset` tells up to where.' } },
      problems: [...problems, 'conflict', 'gone'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      if (c.req.header('Content-Type') !== CHUNK) {
        throw new ApiError('unsupported_type', `Send the bytes as ${CHUNK}.`)
      }
      const from = c.req.valid('header')['upload-offset']
      const offset = await go(c.env, c.req.raw, roomId, caller, mediaId, from)
      const place = await ask(c.env.ROOMS, roomId, (r) => r.readUpload(caller, mediaId))
      return c.body(null, 204, headersOf({ ...place, offset }))
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'cancelUpload',
      tags: ['media'],
      summary: 'Give an upload up (tus 1.0.0, termination).',
      who: uploader,
      security: bearer,
      middleware: [signedIn] as const,
      request: { params: OneUpload, headers: UploadHeaders },
      responses: { 204: { description: 'It is gone.' } },
      problems: ['not_found', 'unavailable'],
    }),
    async (c) => {
      const { roomId, mediaId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      await ask(c.env.ROOMS, roomId, (r) => r.cancelUpload(caller, mediaId))
      return c.body(null, 204)
    },
  )

/** Stores the bytes of a request and answers where the upload is then. */
async function go(
  { ROOMS, MEDIA, ...env }: Env,
  request: Request | null,
  roomId: string,
  caller: Caller,
  id: string,
  offset: number,
): Promise<number> {
  const upload = await ask(ROOMS, roomId, (r) => r.claimUpload(caller, id, offset))
  if (offset + Number(request?.headers.get('Content-Length') ?? 0) > upload.length) {
    throw new ApiError('too_large', `This upload has ${upload.length} bytes, no more.`)
  }
  const { type, length: size, name, thumbHash } = upload
  const work = receive(MEDIA, upload, request?.body ?? null, {
    inspect: (part) =>
      drafts.inspect(part.subarray(0, HEAD_BYTES), { type, size, name, thumbHash }, env),
    save: (progress) => ask(ROOMS, roomId, (r) => r.saveUpload(caller, upload, progress)),
    finish: (etag) => ask(ROOMS, roomId, (r) => r.completeUpload(caller, id, etag)),
    refuse: () => ask(ROOMS, roomId, (r) => r.cancelUpload(caller, id)),
  })
  // Whoever sends may go; what came is kept all the same.
  waitUntil(work.catch(() => {}))
  await work
  return upload.offset
}

const headersOf = ({ offset, length, expiresAt }: Place) => ({
  'Upload-Offset': String(offset),
  'Upload-Length': String(length),
  ...(expiresAt !== null && { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
})
