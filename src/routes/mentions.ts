import pMap from 'p-map'
import * as directoryMentions from '../directory/mentions'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { pageOf } from '../http/page'
import { ok } from '../http/responses'
import { ALL_CONNECTIONS } from '../http/subrequests'
import * as who from '../http/who'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { MyMentions } from '../schemas/mentions'
import type { Message } from '../schemas/messages'
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
      'A page may hold fewer messages than `limit`: deleted messages are left out, and so are rooms you can no longer read.',
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
    const byRoom = Map.groupBy(page.items, ({ roomId }) => roomId)
    const readRoom = ([roomId, mentioned]: [string, { seq: number }[]]) =>
      readMessages(
        c.env.ROOMS,
        roomId,
        userId,
        mentioned.map(({ seq }) => seq),
      )
    const pages = await pMap(byRoom, readRoom, ALL_CONNECTIONS)
    const messages = new Map(pages.flat().map((message) => [keyOf(message), message]))
    const items = page.items.flatMap((mention) => messages.get(keyOf(mention)) ?? [])
    return c.json({ ...page, items }, 200)
  },
)

const keyOf = ({ roomId, seq }: { roomId: string; seq: number }) => `${roomId} ${seq}`

/** Reads messages of a room; none if the user may no longer read it. */
async function readMessages(
  rooms: Env['ROOMS'],
  roomId: string,
  userId: string,
  seqs: number[],
): Promise<Message[]> {
  try {
    return await ask(rooms, roomId, (room) => room.readMessages({ userId }, seqs))
  } catch (error) {
    const isRefused =
      error instanceof ApiError && ['not_found', 'forbidden', 'banned'].includes(error.code)
    if (isRefused) return []
    throw error
  }
}
