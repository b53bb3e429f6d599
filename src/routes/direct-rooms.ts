import { z } from 'zod'
import { distinctPair } from '../directory/edge-outcome'
import * as relationView from '../directory/relation-view'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { created, json } from '../http/responses'
import { directRoomId } from '../ids'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { ask } from '../room/client'
import { Id } from '../schemas/primitives'
import { Room } from '../schemas/rooms'

export const directRooms = router().openapi(
  endpoint({
    method: 'post',
    path: '/v1/direct/{userId}',
    operationId: 'openDirect',
    tags: ['rooms'],
    summary: 'Finds or makes the room of you and someone else.',
    description:
      'Neither of the two can leave it. A later change of policy or relation closes writing and opens it again (`me.capabilities`); on `room.changed`, read the room again.',
    who: 'Anyone signed in whom the other lets message them (`relation.canMessage`).',
    guards: [requireSession, requireActive],
    request: { params: z.strictObject({ userId: Id }) },
    responses: { 200: json(Room, 'The room.'), 201: created(Room, 'The room, which is new.') },
    problems: ['suspended', 'not_connected', 'not_found'],
  }),
  async (c) => {
    const { directory, access, now } = c.var
    const both = distinctPair(access.userId, c.req.valid('param').userId)
    const peer = await relationView.find(directory, both, now)
    if (!peer.relation) throw new ApiError('not_found', 'There is no such user.')
    if (!peer.relation.canMessage) {
      throw new ApiError('not_connected', 'This person does not accept messages from you.')
    }
    const roomId = directRoomId(both.userId, both.otherId)
    const { room, isNew } = await ask(c.env.ROOMS, roomId, (r) =>
      r.createDirect(roomId, both.userId, both.otherId),
    )
    if (!isNew) return c.json({ ...room, peer }, 200)
    return c.json({ ...room, peer }, 201, { Location: `/v1/rooms/${roomId}` })
  },
)
