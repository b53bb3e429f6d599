import { z } from 'zod'
import { recorded } from '../directory/site-audit'
import * as directorySuspensions from '../directory/suspensions'
import * as profileFanout from '../fanout/profile-fanout'
import { OneUser } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { body, noContent, ok } from '../http/responses'
import { publishAccount } from '../inbox/account-news'
import { requireSession } from '../middleware/require-session'
import { requireModerator } from '../middleware/require-site-role'
import { NewSuspension, StaffReason, Suspension } from '../schemas/users'

const allowed = 'Site moderators and admins, if the user has a lower site role.'

export const suspensions = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/users/{userId}/suspension',
      operationId: 'suspendUser',
      tags: ['moderation'],
      summary: 'Suspend a user.',
      description:
        'They can still read, log out and delete their account, but nothing else. A deleted account that a log-in can still take back is suspended, too.',
      who: allowed,
      guards: [requireSession, requireModerator],
      request: { params: OneUser, body: body(NewSuspension) },
      responses: ok(Suspension, 'The suspension. It ends on its own.'),
      problems: ['forbidden', 'suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, siteRole, now } = c.var
      const { userId } = c.req.valid('param')
      const newSuspension = c.req.valid('json')
      const { reason, until } = newSuspension
      const act = {
        actorId: access.userId,
        action: 'suspendUser',
        userId,
        reason,
        detail: { until },
      }
      const imposed = await recorded(directory, act, now, () =>
        directorySuspensions.impose(directory, { by: siteRole, userId }, newSuspension),
      )
      profileFanout.enqueue(c.env, userId)
      publishAccount(c.env, userId, now)
      return c.json(imposed, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/users/{userId}/suspension',
      operationId: 'liftSuspension',
      tags: ['moderation'],
      summary: 'Lift a suspension before it ends.',
      who: allowed,
      guards: [requireSession, requireModerator],
      request: {
        params: OneUser,
        query: z.strictObject({ reason: StaffReason.optional() }),
      },
      responses: noContent('The user is not suspended.'),
      problems: ['forbidden', 'suspended', 'not_found'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      const { directory, access, siteRole, now } = c.var
      const { reason } = c.req.valid('query')
      const act = { actorId: access.userId, action: 'liftSuspension', userId, reason }
      await recorded(directory, act, now, () =>
        directorySuspensions.lift(directory, siteRole, userId),
      )
      profileFanout.enqueue(c.env, userId)
      publishAccount(c.env, userId, now)
      return c.body(null, 204)
    },
  )
