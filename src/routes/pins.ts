import { z } from 'zod'
import { router } from '../http/endpoint'
import { pageOf } from '../http/page'
import { noContent, ok } from '../http/responses'
import { OneMessage, READING, roomEndpoint, WRITING } from '../http/room-endpoint'
import * as who from '../http/who'
import { PageQuery } from '../schemas/pages'
import { type Pin, Pins } from '../schemas/pins'

const allowed = 'Room moderators, and either user of a direct room (capability `message.pin`).'

const byTime = {
  key: z.tuple([z.number(), z.number()]),
  keyOf: ({ pinnedAt, message }: Pin): [number, number] => [Date.parse(pinnedAt), message.seq],
}

export const pins = router()
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/pins/{seq}',
      operationId: 'pinMessage',
      tags: ['pins'],
      summary: 'Pin a message.',
      description: 'A room has up to 250 pins.',
      who: allowed,
      request: { params: OneMessage },
      responses: noContent('The message is pinned.'),
      problems: [...WRITING, 'gone', 'too_many'],
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      await c.var.room((room, caller) => room.pinMessage(caller, seq))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/pins/{seq}',
      operationId: 'unpinMessage',
      tags: ['pins'],
      summary: 'Unpin a message.',
      who: allowed,
      request: { params: OneMessage },
      responses: noContent('The message is not pinned.'),
      problems: WRITING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      await c.var.room((room, caller) => room.unpinMessage(caller, seq))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/pins',
      revalidates: true,
      operationId: 'listPins',
      tags: ['pins'],
      summary: 'List the pinned messages, who pinned each and when, the latest pin first.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: PageQuery },
      responses: ok(Pins, 'A page of pins.'),
      problems: READING,
    }),
    async (c) => {
      const page = await pageOf(c, c.req.valid('query'), byTime, (key, limit) => {
        const before = key && { pinnedAt: key[0], seq: key[1] }
        return c.var.room((room, caller) => room.listPins(caller, before, limit))
      })
      return c.json(page, 200)
    },
  )
