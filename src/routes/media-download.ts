import { z } from 'zod'
import { bearer, endpoint, router } from '../http/endpoint'
import { bytesOf, notModified } from '../http/responses'
import { serveAvatar } from '../media/avatars'
import { serveMedia } from '../media/download'
import { AVATAR_OWNERS, avatarKey, roomIdOf } from '../media/object-keys'
import { mediaAuth } from '../middleware/media-auth'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { IfNoneMatch, Ranged } from '../schemas/headers'
import { MediaId, Width } from '../schemas/media'
import { Id } from '../schemas/primitives'

const bytes = bytesOf('*/*')

export const mediaDownload = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/media/{mediaId}',
      operationId: 'downloadMedia',
      tags: ['media'],
      summary: 'Download media, or a byte range of it.',
      description:
        'Supports `Range`, `If-Range` and `If-None-Match`. The room checks every request: someone who may no longer read it gets nothing, whatever token they hold.',
      who: 'Anyone who can read the room; until a message uses the media, only the user who uploaded it.',
      security: bearer,
      guards: [mediaAuth],
      request: {
        params: z.strictObject({ mediaId: MediaId }),
        query: z.strictObject({
          token: z.string().max(2048).optional().meta({ description: 'A media token.' }),
          width: Width.optional(),
        }),
        headers: Ranged,
      },
      responses: {
        200: { description: 'The whole media.', content: bytes },
        206: { description: 'The byte range.', content: bytes },
        ...notModified,
        416: { description: 'The range is out of bounds. `Content-Range` gives the size.' },
      },
      problems: ['not_found', 'forbidden', 'banned', 'unavailable'],
    }),
    async (c) => {
      const { mediaId } = c.req.valid('param')
      const { media, etag } = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomIdOf(mediaId), (r) => r.readMedia(caller, mediaId)),
      )
      const { width } = c.req.valid('query')
      return serveMedia(c.env, c.req.raw, { media, etag, width })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/avatars/{of}/{id}/{avatarId}',
      operationId: 'getAvatar',
      tags: ['media'],
      summary: 'Download the avatar of a user or a room.',
      who: 'Anyone who has its URL.',
      request: {
        params: z.strictObject({
          of: z.enum(AVATAR_OWNERS).meta({ description: 'Whose avatar it is.' }),
          id: Id,
          avatarId: Id,
        }),
        query: z.strictObject({ width: Width.optional() }),
        headers: IfNoneMatch,
      },
      responses: { 200: { description: 'The avatar.', content: bytes }, ...notModified },
      problems: ['not_found'],
    }),
    async (c) => {
      const { of, id, avatarId } = c.req.valid('param')
      const { width } = c.req.valid('query')
      const known = c.req.header('If-None-Match') ?? null
      return serveAvatar(c.env, { key: avatarKey(of, id, avatarId), width, known })
    },
  )
