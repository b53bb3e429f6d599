import { router } from '../http/endpoint'
import { body, ok } from '../http/responses'
import { roomEndpoint, WRITING } from '../http/room-endpoint'
import { BatchResult, NewBatch } from '../schemas/batches'
import { IfMatch } from '../schemas/headers'

export const batches = router().openapi(
  roomEndpoint({
    method: 'post',
    path: '/v1/rooms/{roomId}/batch',
    operationId: 'runBatch',
    tags: ['messages'],
    summary: 'Post, edit, delete, pin and react in up to 20 steps, all or nothing.',
    description:
      'If a step fails, no step takes effect and `errors` names the one that failed. You can safely repeat a batch, just as you can repeat each step.',
    who: 'Anyone who may take every step of it.',
    request: { headers: IfMatch, body: body(NewBatch) },
    responses: ok(BatchResult, 'Every step took effect.'),
    problems: [...WRITING, 'not_connected', 'slow_mode', 'conflict', 'gone', 'too_many'],
  }),
  async (c) => {
    const batch = { ...c.req.valid('json'), ifSeq: c.req.valid('header')['if-match'] }
    return c.json(await c.var.room((room, caller) => room.runBatch(caller, batch)), 200)
  },
)
