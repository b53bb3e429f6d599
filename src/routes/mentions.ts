import * as directoryMentions from '../directory/mentions'
import { endpoint, router } from '../http/endpoint'
import { readMessages } from '../http/messages-of-rooms'
import { pageOf } from '../http/page'
import { ok } from '../http/responses'
import * as who from '../http/who'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { MyMentions } from '../schemas/mentions'
import { PageQuery } from '../schemas/pages'

const byTime = { key: directoryMentions.SortKey, keyOf: directoryMentions.keyOf }

export const mentions = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/mentions',
    revalidates: true,
    operationId: 'listMyMentions',
    tags: ['me'],
    summary: 'List the messages that mention you by name, in all your rooms, newest first.',
    description:
      'A page may hold fewer messages than `limit`: deleted messages are left out, those that were edited and no longer mention you, and rooms you can no longer read.',
    who: who.signedIn,
    guards: [requireSession],
    request: { query: PageQuery },
    responses: ok(
      MyMentions,
      'A page of messages. A new mention may take a few seconds to appear.',
    ),
  }),
  async (c) => {
    const { userId } = c.var.access
    const page = await pageOf(c, c.req.valid('query'), byTime, (after, limit) =>
      directoryMentions.list(c.var.directory, userId, { after, limit }),
    )
    const messageAt = await readMessages(page.items, (roomId, seqs) =>
      ask(c.env.ROOMS, roomId, (room) => room.readMessages({ userId }, seqs)),
    )
    const items = page.items
      .flatMap((mention) => messageAt(mention) ?? [])
      // An edit may have taken the mention back.
      .filter(({ deletedAt, mentions }) => deletedAt === null && mentions.includes(userId))
    return c.json({ ...page, items }, 200)
  },
)
