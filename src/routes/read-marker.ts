import { z } from 'zod'
import { bearer, body, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { Id } from '../schemas/primitives'
import { ReadMarker, ReadState } from '../schemas/read-markers'

export const readMarker = router().openapi(
  endpoint({
    method: 'put',
    path: '/v1/rooms/{roomId}/read-marker',
    operationId: 'moveReadMarker',
    tags: ['messages'],
    summary: 'Say how far you have read; the marker never goes back unless you say so.',
    who: 'Members.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: z.strictObject({ roomId: Id }), body: body(ReadMarker) },
    responses: { 200: json(ReadState, 'Where your marker is and what is unread after it.') },
    problems: ['not_found', 'forbidden', 'banned'],
  }),
  async (c) => {
    const { roomId } = c.req.valid('param')
    const { userId } = c.var.access
    const marker = c.req.valid('json')
    return c.json(await ask(c.env.ROOMS, roomId, (r) => r.moveMarker({ userId }, marker)), 200)
  },
)
