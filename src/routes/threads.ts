import { router } from '../http/endpoint'
import { body, noContent, ok } from '../http/responses'
import { OneMessage, READING, roomEndpoint } from '../http/room-endpoint'
import { ThreadMarker, ThreadState } from '../schemas/threads'

const path = '/v1/rooms/{roomId}/messages/{seq}/following'

export const threads = router()
  .openapi(
    roomEndpoint({
      method: 'get',
      path,
      revalidates: true,
      operationId: 'getThreadState',
      tags: ['messages'],
      summary: 'Read whether you follow the thread of a message, and what is unread in it.',
      who: 'Members.',
      request: { params: OneMessage },
      responses: ok(ThreadState, 'The thread.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      return c.json(await c.var.room((room, caller) => room.readThread(caller, seq)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path,
      operationId: 'followThread',
      tags: ['messages'],
      summary: 'Follow the thread of a message.',
      description:
        'Its replies then count as unread. You follow a thread without this when you begin it, reply in it or are mentioned in it.',
      who: 'Members.',
      request: { params: OneMessage },
      responses: ok(ThreadState, 'The thread. What it has so far counts as read.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      return c.json(await c.var.room((room, caller) => room.followThread(caller, seq)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path,
      operationId: 'unfollowThread',
      tags: ['messages'],
      summary: 'Stop following the thread of a message.',
      description: 'A mention does not make you follow it again; a reply of yours does.',
      who: 'Members.',
      request: { params: OneMessage },
      responses: noContent('You do not follow the thread.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      await c.var.room((room, caller) => room.unfollowThread(caller, seq))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/messages/{seq}/read-marker',
      operationId: 'moveThreadMarker',
      tags: ['messages'],
      summary: 'Set how far you have read a thread that you follow.',
      description:
        'The marker moves back only if you ask for it. In a thread that you do not follow, nothing is unread and nothing changes.',
      who: 'Members.',
      request: { params: OneMessage, body: body(ThreadMarker) },
      responses: ok(ThreadState, 'The thread, and what is unread after the marker.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      const marker = c.req.valid('json')
      return c.json(await c.var.room((room, caller) => room.markThread(caller, seq, marker)), 200)
    },
  )
