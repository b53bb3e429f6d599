import { router } from '../http/endpoint'
import { body, ok } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import { ReadMarker, ReadState } from '../schemas/read-markers'

export const readMarker = router().openapi(
  roomEndpoint({
    method: 'put',
    path: '/v1/rooms/{roomId}/read-marker',
    operationId: 'moveReadMarker',
    tags: ['messages'],
    summary: 'Set how far you have read.',
    description: 'The marker moves back only if you ask for it.',
    who: 'Members.',
    request: { body: body(ReadMarker) },
    responses: ok(ReadState, 'Your marker, and what is unread after it.'),
    problems: READING,
  }),
  async (c) => {
    const marker = c.req.valid('json')
    return c.json(await c.var.room((room, caller) => room.moveReadMarker(caller, marker)), 200)
  },
)
