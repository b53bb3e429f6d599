import { z } from 'zod'
import * as directorySuspensions from '../directory/suspensions'
import * as profileFanout from '../fanout/profile-fanout'
import { endpoint, router } from '../http/endpoint'
import { body, json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireModerator } from '../middleware/require-site-role'
import { Id } from '../schemas/primitives'
import { NewSuspension, Suspension } from '../schemas/users'

const who = 'A moderator or an admin, on users of a lower site role.'
const params = z.strictObject({ userId: Id })

export const suspensions = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/users/{userId}/suspension',
      operationId: 'suspendUser',
      tags: ['moderation'],
      summary: 'Suspends a user: they read, log out, delete the account, and nothing else.',
      who,
      guards: [requireSession, requireModerator],
      request: { params, body: body(NewSuspension) },
      responses: { 200: json(Suspension, 'The suspension; it ends by itself.') },
      problems: ['forbidden', 'suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, siteRole, now } = c.var
      const { userId } = c.req.valid('param')
      const wanted = c.req.valid('json')
      const imposed = await directorySuspensions.impose(
        directory,
        { by: siteRole, userId, now },
        wanted,
      )
      profileFanout.enqueue(c.env, userId)
      return c.json(imposed, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/users/{userId}/suspension',
      operationId: 'liftSuspension',
      tags: ['moderation'],
      summary: "Ends a user's suspension before its time.",
      who,
      guards: [requireSession, requireModerator],
      request: { params },
      responses: { 204: { description: 'The user is not suspended.' } },
      problems: ['forbidden', 'suspended', 'not_found'],
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      await directorySuspensions.lift(c.var.directory, c.var.siteRole, userId)
      profileFanout.enqueue(c.env, userId)
      return c.body(null, 204)
    },
  )
