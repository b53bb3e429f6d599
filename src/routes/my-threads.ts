import * as directoryThreads from '../directory/threads'
import { endpoint, router } from '../http/endpoint'
import { readMessages } from '../http/messages-of-rooms'
import { pageOf } from '../http/page'
import { ok } from '../http/responses'
import * as who from '../http/who'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { MyThreads, MyThreadsQuery } from '../schemas/threads'

const byReply = { key: directoryThreads.SortKey, keyOf: directoryThreads.keyOf }

export const myThreads = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/threads',
    revalidates: true,
    operationId: 'listMyThreads',
    tags: ['me'],
    summary: 'List the threads that you follow, in all your rooms, the latest reply first.',
    description:
      'A page may hold fewer threads than `limit`: rooms that you can no longer read are left out.',
    who: who.signedIn,
    guards: [requireSession],
    request: { query: MyThreadsQuery },
    responses: ok(MyThreads, 'A page of threads. A new reply may take a few seconds to appear.'),
  }),
  async (c) => {
    const { userId } = c.var.access
    const query = c.req.valid('query')
    const page = await pageOf(c, query, byReply, (after, limit) =>
      directoryThreads.list(c.var.directory, userId, { after, limit, unread: query.unread }),
    )
    const places = page.items.map(({ roomId, rootSeq }) => ({ roomId, seq: rootSeq }))
    const messageAt = await readMessages(places, (roomId, seqs) =>
      ask(c.env.ROOMS, roomId, (room) => room.readMessages({ userId }, seqs)),
    )
    const items = page.items.flatMap(({ roomId, rootSeq, unread }) => {
      const root = messageAt({ roomId, seq: rootSeq })
      return root ? [{ root, unread }] : []
    })
    return c.json({ ...page, items }, 200)
  },
)
