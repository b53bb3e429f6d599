import * as directoryBlocks from '../directory/blocks'
import { edgeEndpoint, edgeListEndpoint, edgesOf } from '../http/edge-endpoint'
import { router } from '../http/endpoint'
import { noContent, ok } from '../http/responses'
import { User } from '../schemas/users'

export const blocks = router()
  .openapi(
    edgeListEndpoint({
      path: '/v1/me/blocks',
      operationId: 'listBlocks',
      tags: ['blocks'],
      summary: 'List the users you block, latest first.',
      description: 'Only you can see this list.',
    }),
    async (c) => {
      const query = { kind: 'block', direction: 'out', ...c.req.valid('query') } as const
      return c.json(await edgesOf(c, query), 200)
    },
  )
  .openapi(
    edgeEndpoint({
      method: 'put',
      path: '/v1/me/blocks/{userId}',
      operationId: 'block',
      tags: ['blocks'],
      summary: 'Block a user.',
      description:
        'They cannot message, befriend, follow or add you, and are not told. Ends the friendship, friend requests and follows between you. The user can still see your public profile.',
      responses: ok(User, 'The user, with your new relation to them.'),
      problems: ['too_many'],
    }),
    async (c) => c.json(await c.var.makeEdge(directoryBlocks.block), 200),
  )
  .openapi(
    edgeEndpoint({
      method: 'delete',
      path: '/v1/me/blocks/{userId}',
      operationId: 'unblock',
      tags: ['blocks'],
      summary: 'Unblock a user.',
      description:
        'What the block ended does not come back. A friend request or follow they sent meanwhile reaches you only if they send it again.',
      responses: noContent('You do not block the user.'),
    }),
    async (c) => {
      await c.var.endEdge(directoryBlocks.unblock)
      return c.body(null, 204)
    },
  )
