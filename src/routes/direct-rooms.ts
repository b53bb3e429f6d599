import { findOrReserve } from '../directory/direct-rooms'
import * as relationView from '../directory/relation-view'
import { ApiError } from '../errors'
import { OneUser } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { created, json } from '../http/responses'
import { requireOtherUser } from '../middleware/require-other-user'
import { requireSession } from '../middleware/require-session'
import { requireRegistered } from '../middleware/require-site-role'
import { ask } from '../room/client'
import { Room } from '../schemas/rooms'

export const directRooms = router().openapi(
  endpoint({
    method: 'post',
    path: '/v1/direct/{userId}',
    operationId: 'openDirect',
    tags: ['rooms'],
    summary: 'Open the direct room between you and another user.',
    description:
      'It is created if it does not exist. Until its first message only who opens it sees it: the other does not have it in their list, and its id answers them 404 until they open it too. Neither of you can leave it. If a policy, friendship or block changes who may write, `me.capabilities` changes with it: read the room again when you get `room.changed`.',
    who: 'Anyone signed in, but guests, who may message the user (`relation.canMessage`).',
    guards: [requireSession, requireRegistered('open direct rooms'), requireOtherUser],
    request: { params: OneUser },
    responses: { 200: json(Room, 'The room, which existed.'), 201: created(Room, 'The new room.') },
    problems: ['suspended', 'registration_required', 'not_connected', 'not_found'],
  }),
  async (c) => {
    const { directory, pair, now } = c.var
    const peer = await relationView.find(directory, pair, now)
    if (!peer.relation) throw new ApiError('not_found', 'There is no such user.')
    if (!peer.relation.canMessage) {
      throw new ApiError('not_connected', 'This user does not accept messages from you.')
    }
    const roomId = await findOrReserve(directory, pair)
    const { room, isNew } = await ask(c.env.ROOMS, roomId, (r) =>
      r.createDirect(roomId, pair.userId, pair.otherId),
    )
    if (!isNew) return c.json({ ...room, peer }, 200)
    return c.json({ ...room, peer }, 201, { Location: `/v1/rooms/${roomId}` })
  },
)
