import { z } from 'zod'
import * as directoryBlocks from '../directory/blocks'
import { distinctPair } from '../directory/edge-outcome'
import * as relationView from '../directory/relation-view'
import * as dmAccessFanout from '../fanout/dm-access-fanout'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { User, UserPage } from '../schemas/users'

const params = z.strictObject({ userId: Id })
const who = 'Anyone signed in whose account is not suspended.'

export const blocks = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/blocks',
      operationId: 'listBlocks',
      tags: ['blocks'],
      summary: 'Whom you block, latest first; nobody else can see it.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: { 200: json(UserPage, 'A page of users.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const query = { kind: 'block' as const, direction: 'out' as const, ...c.req.valid('query') }
      return c.json(await relationView.list(directory, access.userId, query, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/blocks/{userId}',
      operationId: 'block',
      tags: ['blocks'],
      summary:
        'Blocks someone: they cannot message, befriend, follow or add you, nor tell that they are blocked.',
      description:
        'Ends the friendship, requests and follows between you. They still see your public profile.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 200: json(User, 'The user, with what you are to them now.') },
      problems: ['suspended', 'not_found', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryBlocks.block(directory, both, now),
      )
      return c.json(await relationView.find(directory, both, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/blocks/{userId}',
      operationId: 'unblock',
      tags: ['blocks'],
      summary: 'Lifts a block.',
      description:
        'Nothing that it ended comes back; a request or follow they sent meanwhile is seen when they send it again.',
      who,
      guards: [requireSession, requireActive],
      request: { params },
      responses: { 204: { description: 'You do not block them.' } },
      problems: ['suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = distinctPair(access.userId, c.req.valid('param').userId)
      await dmAccessFanout.updateDirectRoom(
        c.env,
        both,
        await directoryBlocks.unblock(directory, both, now),
      )
      return c.body(null, 204)
    },
  )
