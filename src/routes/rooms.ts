import { z } from 'zod'
import * as passwords from '../auth/passwords'
import * as directPeers from '../directory/direct-peers'
import * as roomList from '../directory/room-list'
import { bearer, body, created, endpoint, json, router } from '../http/endpoint'
import { newId } from '../ids'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { encodeCursor } from '../schemas/cursor'
import { Id } from '../schemas/primitives'
import { ListedRooms, NewRoom, Room, RoomPatch, RoomsQuery } from '../schemas/rooms'

const costOf = (env: Env) => Number(env.PASSWORD_COST)

const InRoom = z.strictObject({ roomId: Id })

export const rooms = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms',
      operationId: 'createRoom',
      tags: ['rooms'],
      summary: 'Create a room; you are its owner.',
      who: 'Anyone signed in.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { body: body(NewRoom) },
      responses: { 201: created(Room, 'The room.') },
      problems: ['suspended', 'too_many'],
    }),
    async (c) => {
      const roomId = newId()
      const { userId } = c.var.access
      const { password, ...input } = c.req.valid('json')
      const passwordHash = password ? await passwords.hash(password, costOf(c.env)) : null
      const founding = { ...input, passwordHash }
      const room = await ask(c.env.ROOMS, roomId, (r) => r.create(roomId, userId, founding))
      return c.json(room, 201, { Location: `/v1/rooms/${roomId}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms',
      operationId: 'listRooms',
      tags: ['rooms'],
      summary: 'Discover listed rooms.',
      who: 'Anyone signed in.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { query: RoomsQuery },
      responses: { 200: json(ListedRooms, 'A page of rooms; counts may be seconds old.') },
    }),
    async (c) => {
      const { items, next } = await roomList.list(c.var.directory, c.req.valid('query'))
      return c.json({ items, nextCursor: next && encodeCursor(next) }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}',
      operationId: 'getRoom',
      tags: ['rooms'],
      summary: 'Read a room and what you are in it.',
      who: 'Anyone who may read the room.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom },
      responses: { 200: json(Room, 'The room.') },
      problems: ['not_found', 'banned'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { directory, access, now } = c.var
      const room = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => r.readRoom(caller)),
      )
      const [shown = room] = await directPeers.withPeers(directory, access.userId, [room], now)
      return c.json(shown, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}',
      operationId: 'changeRoom',
      tags: ['rooms'],
      summary: 'Change the settings of a room.',
      who: 'Admins (capabilities `room.edit`, `room.freeze`).',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, body: body(RoomPatch) },
      responses: { 200: json(Room, 'The room as it is now.') },
      problems: ['not_found', 'forbidden', 'suspended'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { password, reason, ...rest } = c.req.valid('json')
      const passwordHash = password ? await passwords.hash(password, costOf(c.env)) : null
      const change = password === undefined ? rest : { ...rest, passwordHash }
      const caller = { userId: c.var.access.userId }
      await ask(c.env.ROOMS, roomId, (r) => r.changeRoom(caller, change, reason))
      return c.json(await ask(c.env.ROOMS, roomId, (r) => r.readRoom(caller)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}',
      operationId: 'deleteRoom',
      tags: ['rooms'],
      summary: 'Delete a room and everything in it, for good.',
      who: 'Owners (capability `room.delete`).',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom },
      responses: { 204: { description: 'It is gone.' } },
      problems: ['not_found', 'forbidden'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      await ask(c.env.ROOMS, roomId, (r) => r.deleteRoom({ userId: c.var.access.userId }))
      return c.body(null, 204)
    },
  )
