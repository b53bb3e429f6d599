import { z } from 'zod'
import { recorded } from '../directory/site-audit'
import * as siteRoles from '../directory/site-roles'
import { OneUser } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { noContent } from '../http/responses'
import { endAll } from '../inbox/end-sessions'
import { requireSession } from '../middleware/require-session'
import { requireAdmin } from '../middleware/require-site-role'
import { Reason } from '../schemas/members'

export const userSessions = router().openapi(
  endpoint({
    method: 'delete',
    path: '/v1/users/{userId}/sessions',
    operationId: 'endUserSessions',
    tags: ['moderation'],
    summary: 'End every session of a user, such as of an account that was taken over.',
    description: 'They log in again by what they know or have.',
    who: 'Site admins, if the user has a lower site role.',
    guards: [requireSession, requireAdmin],
    request: { params: OneUser, query: z.strictObject({ reason: Reason.optional() }) },
    responses: noContent('No session from before is good for anything.'),
    problems: ['forbidden', 'suspended', 'not_found'],
  }),
  async (c) => {
    const { userId } = c.req.valid('param')
    const { reason } = c.req.valid('query')
    const { directory, access, siteRole, now } = c.var
    const act = { actorId: access.userId, action: 'endUserSessions', userId, reason }
    await recorded(directory, act, now, async () => {
      await siteRoles.requireLower(directory, { by: siteRole, userId })
      await endAll(c.env, { userId }, now)
    })
    return c.body(null, 204)
  },
)
