import pMap from 'p-map'
import * as directoryMyRooms from '../directory/my-rooms'
import { endpoint, router } from '../http/endpoint'
import { pageAfter } from '../http/page'
import { ok } from '../http/responses'
import { ALL_CONNECTIONS } from '../http/subrequests'
import * as who from '../http/who'
import { newerRooms } from '../inbox/client'
import { listRooms } from '../inbox/room-list'
import { limitRequests } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { ask } from '../room/client'
import { MyRoomsQuery } from '../schemas/my-rooms'
import { Rooms } from '../schemas/rooms'

export const myRooms = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/rooms',
    revalidates: true,
    operationId: 'listMyRooms',
    tags: ['rooms'],
    summary: 'List the rooms you are in, in the order you choose.',
    who: who.signedIn,
    guards: [requireSession],
    request: { query: MyRoomsQuery },
    responses: ok(Rooms, 'A page of rooms. Counts may be a few seconds old; see `seen`.'),
  }),
  async (c) => {
    const query = c.req.valid('query')
    const seen = query.seen?.split(',').map((pair) => pair.split(':') as [string, string]) ?? []
    const { directory, access, now } = c.var
    const catchUp = ([roomId, seq]: [string, string]) =>
      ask(c.env.ROOMS, roomId, (room) => room.syncDirectory(access.userId, Number(seq)))
    // A cursor of before there were lists is one of `all`.
    const scope = { ...query, list: query.list === 'all' ? undefined : query.list }
    const page = await pageAfter(c, scope, directoryMyRooms.SortKey, async (after) => {
      if (seen.length > 1) limitRequests(c.env, access.userId, now, seen.length - 1)
      await pMap(seen, catchUp, ALL_CONNECTIONS)
      return listRooms(directory, access.userId, query, { after, now })
    })
    const versions = page.items.map(({ id, me }) => ({ roomId: id, version: me?.version ?? 0 }))
    const newer = await newerRooms(c.env, access.userId, versions)
    // Only values change here: a page keeps its order, and its rooms.
    const items = page.items.map((room) => {
      const told = newer.get(room.id)
      return told ? { ...told, peer: room.peer } : room
    })
    return c.json({ ...page, items }, 200)
  },
)
