import { z } from 'zod'
import * as accountDeletion from '../directory/account-deletion'
import * as accountUpdate from '../directory/account-update'
import * as accounts from '../directory/accounts'
import * as profileFanout from '../fanout/profile-fanout'
import { endpoint, router } from '../http/endpoint'
import { body, json } from '../http/responses'
import { limitPasswordAttempts } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { Erasure, Me, MePatch } from '../schemas/users'

export const me = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me',
      operationId: 'getMe',
      tags: ['me'],
      summary: "One's own account, with its private fields.",
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: { 200: json(Me, 'The account.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      return c.json(await accounts.find(directory, access.userId, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/me',
      operationId: 'changeMe',
      tags: ['me'],
      summary: "Changes one's own account; a new password ends every other session.",
      who: 'Anyone signed in whose account is not suspended.',
      guards: [requireSession, requireActive],
      request: { body: body(MePatch) },
      responses: { 200: json(Me, 'The account as it is now.') },
      problems: ['suspended', 'wrong_password', 'username_taken', 'email_taken'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const patch = c.req.valid('json')
      if (patch.password !== undefined) await limitPasswordAttempts(c, access.userId)
      const cost = Number(c.env.PASSWORD_COST)
      const changed = await accountUpdate.apply(directory, access, patch, { cost, now })
      profileFanout.enqueue(c.env, access.userId)
      return c.json(changed, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me',
      operationId: 'deleteMe',
      tags: ['me'],
      summary: "Deletes one's own account at once and for ever; nobody can take its username.",
      who: 'Anyone signed in but the last admin.',
      guards: [requireSession],
      request: { query: z.strictObject({ messages: Erasure.default('keep') }) },
      responses: { 204: { description: 'It is deleted; its rooms follow.' } },
      problems: ['last_admin'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await accountDeletion.apply(directory, access.userId, c.req.valid('query').messages, now)
      profileFanout.enqueue(c.env, access.userId)
      return c.body(null, 204)
    },
  )
