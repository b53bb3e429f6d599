import type { HonoRequest } from 'hono'
import { ApiError } from '../errors'
import { router } from '../http/endpoint'
import { bytesOf, noContent } from '../http/responses'
import { InRoom, roomEndpoint, WRITING } from '../http/room-endpoint'
import * as who from '../http/who'
import { essenceOf, OCTET_STREAM } from '../media/formats'
import { MediaId } from '../schemas/media'
import { ChunkHeaders, NewUploadHeaders, UploadHeaders } from '../schemas/uploads'
import * as tus from '../uploads/tus'

const CHUNK = 'application/offset+octet-stream'
const OneUpload = InRoom.extend({ mediaId: MediaId })
const content = bytesOf(CHUNK)
const otherVersion = {
  412: { description: 'The server speaks tus 1.0.0 only, as `Tus-Version` says.' },
}
const allowed = 'The user who began it.'

export const uploads = router()
  .openapi(
    roomEndpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/uploads',
      operationId: 'createUpload',
      tags: ['media'],
      summary: 'Begin a resumable upload with the tus protocol.',
      description:
        'You may send the first bytes with it. tus 1.0.0 with creation, creation-with-upload, expiration and termination. The last segment of `Location` is the id of the media that the upload becomes. An unfinished upload expires after a day without new bytes.',
      who: who.membersAndVisitors('message.attach'),
      request: { headers: NewUploadHeaders, body: { content } },
      responses: {
        ...otherVersion,
        201: { description: 'The upload has begun. Send the bytes to `Location`.' },
      },
      problems: [...WRITING, 'too_many', 'conflict'],
    }),
    async (c) => {
      const uploader = { env: c.env, ...c.var }
      const { 'upload-length': length, 'upload-metadata': metadata } = c.req.valid('header')
      const { filetype, filename: name, thumbHash } = metadata ?? {}
      // Browsers leave the type of a file empty when they do not know it.
      const type = filetype || OCTET_STREAM
      const uploadMetadata = c.req.header('Upload-Metadata')
      const plan = { length, type, name, thumbHash, uploadMetadata }
      const upload = await tus.begin(uploader, plan)
      const offset = isChunk(c.req) ? await tus.append(uploader, upload.id, 0, c.req.raw) : 0
      const Location = `/v1/rooms/${c.req.valid('param').roomId}/uploads/${upload.id}`
      return c.body(null, 201, { Location, ...tus.headersOf({ ...upload, offset, length }) })
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'getUpload',
      tags: ['media'],
      summary: 'Read how far an upload has come.',
      description: 'tus clients ask with `HEAD`.',
      who: allowed,
      request: { params: OneUpload, headers: UploadHeaders },
      responses: {
        ...otherVersion,
        200: {
          description:
            '`Upload-Offset` and `Upload-Length` hold the answer, `Upload-Metadata` what you sent when you began.',
        },
      },
      problems: ['conflict'],
    }),
    async (c) => {
      const { mediaId } = c.req.valid('param')
      const status = await c.var
        .room((room, caller) => room.readUpload(caller, mediaId))
        .catch(hideRoom)
      // A request that stored the last byte may have died before it completed the upload.
      if (status.offset === status.length && status.expiresAt !== null) {
        await tus.append({ env: c.env, ...c.var }, mediaId, status.offset)
      }
      return c.body(null, 200, {
        ...tus.headersOf(status),
        ...(status.uploadMetadata && { 'Upload-Metadata': status.uploadMetadata }),
        'Cache-Control': 'no-store',
      })
    },
  )
  .openapi(
    roomEndpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'continueUpload',
      tags: ['media'],
      summary: 'Send the next bytes of an upload.',
      description:
        'If a proxy lets only `GET` and `POST` through, send `POST` with `X-HTTP-Method-Override: PATCH`. `DELETE` and `HEAD` work the same way.',
      who: allowed,
      request: { params: OneUpload, headers: ChunkHeaders, body: { required: true, content } },
      responses: {
        ...otherVersion,
        ...noContent('The bytes are stored. `Upload-Offset` is where to continue.'),
      },
      problems: [...WRITING, 'conflict', 'gone'],
    }),
    async (c) => {
      if (!isChunk(c.req)) {
        throw new ApiError('unsupported_type', `Send the bytes as \`${CHUNK}\`.`)
      }
      const { mediaId } = c.req.valid('param')
      const from = c.req.valid('header')['upload-offset']
      const offset = await tus.append({ env: c.env, ...c.var }, mediaId, from, c.req.raw)
      const status = await c.var.room((room, caller) => room.readUpload(caller, mediaId))
      return c.body(null, 204, tus.headersOf({ ...status, offset }))
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/uploads/{mediaId}',
      operationId: 'cancelUpload',
      tags: ['media'],
      summary: 'Cancel an upload.',
      who: allowed,
      request: { params: OneUpload, headers: UploadHeaders },
      responses: { ...otherVersion, ...noContent('The upload is cancelled.') },
    }),
    async (c) => {
      await tus.cancel({ env: c.env, ...c.var }, c.req.valid('param').mediaId).catch(hideRoom)
      return c.body(null, 204)
    },
  )

const isChunk = (request: HonoRequest) => essenceOf(request.header('Content-Type') ?? '') === CHUNK

/** Whether the room is not there or only the upload is not: nobody learns which. */
function hideRoom(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'not_found') throw error
  throw new ApiError('not_found', 'You have no such upload.')
}
