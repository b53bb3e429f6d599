import { z } from 'zod'
import { bearer, endpoint, json, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask } from '../room/client'
import { Audit } from '../schemas/audit'
import { decodeCursor, toPage } from '../schemas/cursor'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'

const InRoom = z.strictObject({ roomId: Id })
const Place = z.tuple([z.number()])

export const audit = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/audit',
    operationId: 'listAudit',
    tags: ['moderation'],
    summary: 'Who did what to whom, when and why, newest first.',
    who: 'Moderators of the room (capability `audit.read`), and of the site in listed rooms.',
    security: bearer,
    middleware: [requireSession] as const,
    request: { params: InRoom, query: PageQuery },
    responses: { 200: json(Audit, 'A page of the log.') },
    problems: ['not_found', 'forbidden'],
  }),
  async (c) => {
    const { roomId } = c.req.valid('param')
    const { cursor, limit } = c.req.valid('query')
    const before = cursor ? decodeCursor(cursor, Place)[0] : Number.MAX_SAFE_INTEGER
    const found = await retryAsSiteStaff(c.var, (caller) =>
      ask(c.env.ROOMS, roomId, (room) => room.listAudit(caller, before, limit + 1)),
    )
    return c.json(
      toPage(found, limit, ({ seq }) => [seq]),
      200,
    )
  },
)
