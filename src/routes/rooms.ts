import * as passwords from '../auth/passwords'
import * as profiles from '../directory/profiles'
import * as roomList from '../directory/room-list'
import { endpoint, router } from '../http/endpoint'
import { findOrCreateRoom, findRoom } from '../http/keyed-rooms'
import { metadataChange } from '../http/merge-patch'
import { pageAfter } from '../http/page'
import { body, created, json, noContent, ok, patchBody } from '../http/responses'
import { roomEndpoint } from '../http/room-endpoint'
import { readRoom } from '../http/room-view'
import * as who from '../http/who'
import { newId } from '../ids'
import { type LimitedRequest, limitRoomPasswords } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { ByKey } from '../schemas/room-keys'
import { ListedRooms, NewRoom, Room, RoomPatch, RoomsQuery } from '../schemas/rooms'

export const rooms = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms',
      operationId: 'createRoom',
      appKey: 'rooms.write',
      tags: ['rooms'],
      summary: 'Create a room.',
      description:
        'You become its owner. With `key`: find the room of this key, or create it. However many ask at once, one room is made. What finds the room changes nothing in it, and makes nobody a member. If the key is that of a room that you may not see, the answer is `conflict`. A room of a key in `DEFAULT_ROOMS` is found by everyone, guests too, and has no owner.',
      who: who.registered,
      guards: [requireSession],
      request: { body: body(NewRoom) },
      responses: {
        200: json(Room, 'The room that has this key. The other fields of the body were ignored.'),
        201: created(Room, 'The new room.'),
      },
      problems: ['suspended', 'registration_required', 'too_many', 'banned', 'conflict'],
    }),
    async (c) => {
      const { password, key, ...settings } = c.req.valid('json')
      const { access, directory, now } = c.var
      const { userId } = access
      if (key !== undefined) {
        const settle = async () => ({
          ...settings,
          passwordHash: await hashOf(c, userId, password),
        })
        const { room, isNew } = await findOrCreateRoom(c, key, settle)
        if (!isNew) return c.json(room, 200)
        return c.json(room, 201, { Location: `/v1/rooms/${room.id}` })
      }
      if (password !== undefined) await profiles.requireMayCreateRoom(directory, userId, now)
      const founding = { ...settings, passwordHash: await hashOf(c, userId, password) }
      const roomId = newId()
      const room = await ask(c.env.ROOMS, roomId, (r) => r.create(roomId, userId, founding))
      return c.json(room, 201, { Location: `/v1/rooms/${roomId}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms',
      revalidates: true,
      operationId: 'listRooms',
      tags: ['rooms'],
      summary: 'Discover listed rooms.',
      who: who.signedIn,
      guards: [requireSession],
      request: { query: RoomsQuery },
      responses: ok(ListedRooms, 'A page of rooms. Counts may be a few seconds old.'),
    }),
    async (c) => {
      const query = c.req.valid('query')
      const page = await pageAfter(c, query, roomList.SortKey, (after) =>
        roomList.list(c.var.directory, c.var.access.userId, query, after),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/by-key/{key}',
      revalidates: true,
      operationId: 'getRoomByKey',
      appKey: 'read',
      tags: ['rooms'],
      summary: 'Read the room that has a key.',
      description:
        'A key can be guessed. So a closed room that is not listed answers `not_found` to everyone who may not read it, whoever is banned there too.',
      who: who.readers,
      guards: [requireSession],
      request: { params: ByKey },
      responses: ok(Room, 'The room.'),
      problems: ['not_found', 'banned'],
    }),
    async (c) => c.json(await findRoom(c, c.req.valid('param').key), 200),
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}',
      revalidates: true,
      operationId: 'getRoom',
      appKey: 'read',
      tags: ['rooms'],
      summary: 'Read a room, with your role and capabilities in it.',
      who: who.readers,
      orSiteStaff: true,
      responses: ok(Room, 'The room.'),
      problems: ['banned'],
    }),
    async (c) => {
      return c.json(await readRoom(c.var), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}',
      operationId: 'changeRoom',
      appKey: 'rooms.write',
      tags: ['rooms'],
      summary: 'Change the settings of a room.',
      who: 'Room admins (capabilities `room.edit` and `room.freeze`).',
      request: { body: patchBody(RoomPatch) },
      responses: ok(Room, 'The updated room.'),
      problems: ['forbidden', 'suspended'],
    }),
    async (c) => {
      const { password, reason, metadata, ...settings } = c.req.valid('json')
      const rest = { ...settings, ...metadataChange(c.req, metadata) }
      if (password) await c.var.room((room, caller) => room.requireMayChange(caller, rest))
      const change =
        password === undefined
          ? rest
          : { ...rest, passwordHash: await hashOf(c, c.var.access.userId, password) }
      await c.var.room((room, caller) => room.changeRoom(caller, change, reason))
      return c.json(await c.var.room((room, caller) => room.readRoom(caller)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}',
      operationId: 'deleteRoom',
      tags: ['rooms'],
      summary: 'Delete a room and everything in it.',
      description: 'This cannot be undone.',
      who: 'Owners (capability `room.delete`), and site admins in open and listed rooms.',
      orSiteStaff: true,
      responses: noContent('The room is deleted.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      await c.var.room((room, caller) => room.deleteRoom(caller))
      return c.body(null, 204)
    },
  )

/**
 * Hashed here and not in the room, where everyone else would wait for it. Call it when the room or the directory has
 * said that this user may set a password.
 */
async function hashOf(c: LimitedRequest, userId: string, password: string | null | undefined) {
  if (!password) return null
  await limitRoomPasswords(c, userId)
  return passwords.hash(password, Number(c.env.PASSWORD_COST), 'room')
}
