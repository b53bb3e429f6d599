import { z } from 'zod'
import { bearer, body, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { BatchResult, NewBatch } from '../schemas/batches'
import { IfMatch } from '../schemas/headers'
import { Id } from '../schemas/primitives'

export const batches = router().openapi(
  endpoint({
    method: 'post',
    path: '/v1/rooms/{roomId}/batch',
    operationId: 'runBatch',
    tags: ['messages'],
    summary: 'Post, edit, delete, pin and react, up to 20 steps as one: all of them or none.',
    description:
      'A step that cannot be taken is named in `errors`. Repeating a batch is harmless, as repeating each step is.',
    who: 'Whoever may take each of the steps.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: z.strictObject({ roomId: Id }), headers: IfMatch, body: body(NewBatch) },
    responses: { 200: json(BatchResult, 'All steps are taken.') },
    problems: [
      'not_found',
      'forbidden',
      'suspended',
      'muted',
      'frozen',
      'banned',
      'not_connected',
      'slow_mode',
      'conflict',
      'gone',
      'too_many',
    ],
  }),
  async (c) => {
    const { roomId } = c.req.valid('param')
    const { userId } = c.var.access
    const batch = { ...c.req.valid('json'), ifSeq: c.req.valid('header')['if-match'] }
    return c.json(await ask(c.env.ROOMS, roomId, (room) => room.runBatch({ userId }, batch)), 200)
  },
)
