import * as accounts from '../directory/accounts'
import { endpoint, router } from '../http/endpoint'
import { bytesOf, noContent, ok } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { publishAccount } from '../inbox/account-news'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { FileHeaders } from '../schemas/headers'
import { Room } from '../schemas/rooms'
import { Me } from '../schemas/users'
import * as avatarUploads from '../uploads/avatars'

const request = {
  headers: FileHeaders,
  body: { required: true, content: bytesOf('application/octet-stream', 'image/*') },
}
const description =
  'The body is the bytes of a picture, at most 2 million, not a form. Send its `Content-Type` and its `Content-Length`.'

export const avatars = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/avatar',
      operationId: 'setMyAvatar',
      tags: ['me'],
      summary: 'Set your avatar.',
      description,
      who: who.active,
      guards: [requireSession, requireActive],
      request,
      responses: ok(Me, 'Your updated account. Your rooms show the change a moment later.'),
      problems: ['suspended'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await avatarUploads.setOfUser({ env: c.env, directory, access }, c.req.raw)
      publishAccount(c.env, access.userId, now)
      return c.json(await accounts.find(directory, access.userId, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/avatar',
      operationId: 'removeMyAvatar',
      tags: ['me'],
      summary: 'Remove your avatar.',
      who: who.signedIn,
      guards: [requireSession],
      responses: noContent('You have no avatar. Your rooms show the change a moment later.'),
    }),
    async (c) => {
      await avatarUploads.removeOfUser({ env: c.env, ...c.var })
      publishAccount(c.env, c.var.access.userId, c.var.now)
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/avatar',
      operationId: 'setRoomAvatar',
      tags: ['rooms'],
      summary: 'Set the avatar of a room.',
      description,
      who: who.admins('room.edit'),
      request,
      responses: ok(Room, 'The updated room.'),
      problems: [...READING, 'suspended'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      await avatarUploads.setOfRoom({ env: c.env, ...c.var }, roomId, c.req.raw)
      return c.json(await c.var.room((room, caller) => room.readRoom(caller)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/avatar',
      operationId: 'removeRoomAvatar',
      tags: ['rooms'],
      summary: 'Remove the avatar of a room.',
      who: who.admins('room.edit'),
      responses: noContent('The room has no avatar.'),
      problems: [...READING, 'suspended'],
    }),
    async (c) => {
      await c.var.room((room, caller) => room.setAvatar(caller, null))
      return c.body(null, 204)
    },
  )
