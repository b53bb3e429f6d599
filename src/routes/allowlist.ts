import * as profiles from '../directory/profiles'
import { router } from '../http/endpoint'
import { byUserId, pageOf } from '../http/page'
import { noContent, ok } from '../http/responses'
import { OneUserInRoom, roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { Allowlist } from '../schemas/allowlist'
import { PageQuery } from '../schemas/pages'

export const allowlist = router()
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/allowlist',
      operationId: 'listAllowed',
      tags: ['moderation'],
      summary: 'List the users who can join a closed room on their own.',
      who: who.admins('allowlist.edit'),
      request: { query: PageQuery },
      responses: ok(Allowlist, 'A page of the allowlist.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      const page = await pageOf(c, c.req.valid('query'), byUserId, (after, limit) =>
        c.var.room((room, caller) => room.listAllowed(caller, after?.[0] ?? '', limit)),
      )
      // The room knows the names of its members only.
      const ids = page.items.map(({ user }) => user.id)
      const authors = await profiles.findAuthors(c.var.directory, ids)
      const items = page.items.map((item) => ({
        ...item,
        user: authors.get(item.user.id) ?? item.user,
      }))
      return c.json({ ...page, items }, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'put',
      path: '/v1/rooms/{roomId}/allowlist/{userId}',
      operationId: 'allowUser',
      tags: ['moderation'],
      summary: 'Add a user to the allowlist, so that they can join a closed room on their own.',
      who: who.admins('allowlist.edit'),
      request: { params: OneUserInRoom },
      responses: noContent('The user is on the allowlist.'),
      problems: ['forbidden', 'suspended', 'too_many'],
    }),
    async (c) => {
      const { id } = await profiles.get(c.var.directory, c.req.valid('param').userId)
      await c.var.room((room, caller) => room.allow(caller, id))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/allowlist/{userId}',
      operationId: 'disallowUser',
      tags: ['moderation'],
      summary: 'Remove a user from the allowlist, and from the room if they are in it.',
      who: who.admins('allowlist.edit'),
      request: { params: OneUserInRoom },
      responses: noContent('The user is neither on the allowlist nor in the room.'),
      problems: ['forbidden', 'suspended'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      await c.var.room((room, caller) => room.disallow(caller, userId))
      return c.body(null, 204)
    },
  )
