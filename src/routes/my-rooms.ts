import { encode } from '../cursors'
import * as memberships from '../directory/memberships'
import { signedIn } from '../middleware/signed-in'
import { bearer, endpoint, json, router } from '../openapi'
import { ask } from '../room/answer'
import { capabilitiesOf, type Standing } from '../room/permissions'
import { MyRoomsQuery, Rooms } from '../schemas/rooms'

const standingOf = ({ me }: memberships.MyRoom): Standing => ({
  role: me.role,
  mutedUntil: me.mutedUntil === null ? null : Date.parse(me.mutedUntil),
  suspendedUntil: null,
})

export const myRooms = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/rooms',
    operationId: 'listMyRooms',
    tags: ['rooms'],
    summary: 'The rooms you are in, in the order you want them.',
    who: 'Anyone signed in.',
    security: bearer,
    middleware: [signedIn] as const,
    request: { query: MyRoomsQuery },
    responses: { 200: json(Rooms, 'A page of rooms; counts may be seconds old, see `seen`.') },
    problems: ['unavailable'],
  }),
  async (c) => {
    const query = c.req.valid('query')
    const [roomId, seq] = query.seen?.split(':') ?? []
    if (roomId) await ask(c.env.ROOMS, roomId, (room) => room.syncIndex(Number(seq)))
    const page = await memberships.list(c.var.directory, c.var.access.userId, query)
    const items = page.items.map((room) => ({
      ...room,
      me: { ...room.me, capabilities: capabilitiesOf(room, standingOf(room), c.var.now) },
    }))
    return c.json({ items, nextCursor: page.next && encode(page.next) }, 200)
  },
)
