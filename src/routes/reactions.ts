import { router } from '../http/endpoint'
import { byId, pageOf } from '../http/page'
import { noContent, ok } from '../http/responses'
import { OneMessage, READING, roomEndpoint, WRITING } from '../http/room-endpoint'
import * as who from '../http/who'
import { Emoji } from '../schemas/emoji'
import { PageQuery } from '../schemas/pages'
import { Reactors } from '../schemas/reactions'

const OneReaction = OneMessage.extend({ emoji: Emoji })

export const reactions = router()
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}/@me',
      operationId: 'addReaction',
      tags: ['reactions'],
      summary: 'React to a message with an emoji.',
      description: 'A message has up to 20 different emoji.',
      who: 'Members (capability `message.react`); in an open room anyone signed in, who joins by reacting.',
      request: { params: OneReaction },
      responses: noContent('You have reacted with this emoji.'),
      problems: [...WRITING, 'gone', 'too_many'],
    }),
    async (c) => {
      const { seq, emoji } = c.req.valid('param')
      await c.var.room((room, caller) => room.addReaction(caller, seq, emoji))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}/@me',
      operationId: 'removeReaction',
      tags: ['reactions'],
      summary: 'Remove your reaction.',
      who: who.membersAndVisitors('message.react'),
      request: { params: OneReaction },
      responses: noContent('You have no reaction with this emoji.'),
      problems: WRITING,
    }),
    async (c) => {
      const { seq, emoji } = c.req.valid('param')
      await c.var.room((room, caller) => room.removeReaction(caller, seq, emoji))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}/reactions/{emoji}',
      operationId: 'listReactors',
      tags: ['reactions'],
      summary: 'List the users who reacted to a message with an emoji, ordered by id.',
      who: who.readers,
      orSiteStaff: true,
      request: { params: OneReaction, query: PageQuery },
      responses: ok(Reactors, 'A page of users.'),
      problems: READING,
    }),
    async (c) => {
      const { seq, emoji } = c.req.valid('param')
      const page = await pageOf(c, c.req.valid('query'), byId, (after, limit) =>
        c.var.room((room, as) => room.listReactors(as, seq, emoji, after?.[0] ?? '', limit)),
      )
      return c.json(page, 200)
    },
  )
