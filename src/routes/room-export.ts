import { router } from '../http/endpoint'
import { bytesOf } from '../http/responses'
import { READING, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { RoomExportQuery } from '../schemas/room-exports'

/** Pages of one answer: the calls that a request may make, but for some. */
const MAX_PAGES = 9000

export const roomExport = router().openapi(
  roomEndpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/export',
    operationId: 'exportRoom',
    tags: ['rooms'],
    summary: 'Read everything that happened in a room up to a seq, one JSON object a line.',
    description:
      'Messages have the texts that they had at `asOf`, and what happened otherwise is in events. Asked again with the same `asOf`, the answer is the same to the byte, but for what was deleted since. If it breaks off, go on with `after`.',
    who: who.owners('room.export'),
    request: { query: RoomExportQuery },
    responses: {
      200: {
        description: 'The lines, in the order of their seqs.',
        content: bytesOf('application/x-ndjson'),
      },
    },
    problems: [...READING, 'suspended'],
  }),
  async (c) => {
    const { asOf: asked, after } = c.req.valid('query')
    const { room } = c.var
    const read = (query: { asOf: number | undefined; after: number }) =>
      room((stub, caller) => stub.exportRoom(caller, query))
    // Refusals come before the answer begins.
    const first = await read({ asOf: asked, after })
    const { asOf } = first
    const encoder = new TextEncoder()
    let page: typeof first | null = first
    let pages = 0
    const lines = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (page === null || pages >= MAX_PAGES) return controller.close()
        const { lines, next }: typeof first = page
        if (lines) controller.enqueue(encoder.encode(lines))
        pages += 1
        page = next === null ? null : await read({ asOf, after: next })
      },
    })
    const headers = { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'private, no-store' }
    return new Response(c.req.method === 'HEAD' ? null : lines, { headers })
  },
)
