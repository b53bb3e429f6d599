import { z } from 'zod'
import * as accounts from '../directory/accounts'
import * as userAvatar from '../directory/user-avatar'
import * as profileFanout from '../fanout/profile-fanout'
import { endpoint, router } from '../http/endpoint'
import { bytesOf, json } from '../http/responses'
import { newId } from '../ids'
import { openAvatar } from '../media/avatars'
import { putObject, removeObjects } from '../media/bucket'
import { avatarKey } from '../media/object-keys'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { ask } from '../room/client'
import { Id } from '../schemas/primitives'
import { Room } from '../schemas/rooms'
import { Me } from '../schemas/users'

const InRoom = z.strictObject({ roomId: Id })
const bytes = bytesOf('*/*')
const picture = { required: true, content: bytes }
const description =
  'A picture of at most 2 million bytes, with its `Content-Type` and its `Content-Length`.'

export const avatars = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/avatar',
      operationId: 'setMyAvatar',
      tags: ['me'],
      summary: 'Show yourself as a picture.',
      description,
      who: 'Anyone signed in whose account is not suspended.',
      guards: [requireSession, requireActive],
      request: { body: picture },
      responses: { 200: json(Me, 'The account as it is now; its rooms follow.') },
      problems: ['suspended'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { userId } = access
      const { body, size, type } = await openAvatar(c.req.raw, c.env)
      // Before the bytes: should this request die, the picture that nobody has goes.
      await profileFanout.scheduleAvatarSweep(c.env, userId)
      const [before, id] = [await userAvatar.find(directory, userId), newId()]
      const key = avatarKey('users', userId, id)
      await putObject(c.env.MEDIA, key, body, { size, contentType: type })
      await userAvatar.set(directory, userId, id)
      await forget(c.env, userId, before)
      profileFanout.enqueue(c.env, userId)
      return c.json(await accounts.find(directory, userId, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/avatar',
      operationId: 'removeMyAvatar',
      tags: ['me'],
      summary: 'Show yourself as no picture.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: { 204: { description: 'It is gone; your rooms follow.' } },
    }),
    async (c) => {
      const { directory, access } = c.var
      const before = await userAvatar.find(directory, access.userId)
      await userAvatar.set(directory, access.userId, null)
      await forget(c.env, access.userId, before)
      profileFanout.enqueue(c.env, access.userId)
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/avatar',
      operationId: 'setRoomAvatar',
      tags: ['rooms'],
      summary: 'Show a room as a picture.',
      description,
      who: 'Admins (capability `room.edit`).',
      guards: [requireSession],
      request: { params: InRoom, body: picture },
      responses: { 200: json(Room, 'The room as it is now.') },
      problems: ['not_found', 'forbidden', 'banned', 'suspended', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      const { body, size, type } = await openAvatar(c.req.raw, c.env)
      const id = await ask(c.env.ROOMS, roomId, (r) => r.beginAvatar(caller))
      const key = avatarKey('rooms', roomId, id)
      await putObject(c.env.MEDIA, key, body, { size, contentType: type })
      await ask(c.env.ROOMS, roomId, (r) => r.setAvatar(caller, id))
      return c.json(await ask(c.env.ROOMS, roomId, (r) => r.readRoom(caller)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/avatar',
      operationId: 'removeRoomAvatar',
      tags: ['rooms'],
      summary: 'Show a room as no picture.',
      who: 'Admins (capability `room.edit`).',
      guards: [requireSession],
      request: { params: InRoom },
      responses: { 204: { description: 'It is gone.' } },
      problems: ['not_found', 'forbidden', 'banned', 'suspended', 'unavailable'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const caller = { userId: c.var.access.userId }
      await ask(c.env.ROOMS, roomId, (r) => r.setAvatar(caller, null))
      return c.body(null, 204)
    },
  )

/** Removes the picture that was; should this fail, the sweep does it. */
async function forget({ MEDIA }: Env, userId: string, avatar: string | null): Promise<void> {
  if (avatar === null) return
  await removeObjects(MEDIA, [avatarKey('users', userId, avatar)]).catch(() => {})
}
