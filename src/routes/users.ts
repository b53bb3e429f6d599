import { z } from 'zod'
import { issueTokens } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import * as relationView from '../directory/relation-view'
import * as userAgent from '../directory/user-agent'
import * as profiles from '../directory/users'
import { endpoint, router } from '../http/endpoint'
import { body, created, json } from '../http/responses'
import { limitRegistrations } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { encodeCursor } from '../schemas/cursor'
import { Id } from '../schemas/primitives'
import { SignedIn } from '../schemas/sessions'
import { NewUser, User, UserPage, UsersQuery } from '../schemas/users'

export const users = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/users',
      operationId: 'createUser',
      tags: ['users'],
      summary: 'Registers a user and opens the first session.',
      who: 'Anyone.',
      guards: [limitRegistrations],
      request: { body: body(NewUser) },
      responses: { 201: created(SignedIn, 'The new account, signed in.') },
      problems: ['username_taken', 'email_taken', 'rate_limited'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const device = userAgent.deviceName(c.req.header('User-Agent'))
      const options = { device, cost: Number(c.env.PASSWORD_COST) }
      const grant = await accounts.create(directory, c.req.valid('json'), options, now)
      const session = await issueTokens(c.env.TOKEN_SECRET, grant, now)
      const me = await accounts.find(directory, grant.userId, now)
      return c.json({ me, session }, 201, { Location: `/v1/users/${me.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/users',
      operationId: 'searchUsers',
      tags: ['users'],
      summary: 'Finds users by how their username or display name begins.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: UsersQuery },
      responses: { 200: json(UserPage, 'Sorted by the name that was found.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const found = await profiles.search(directory, c.req.valid('query'))
      const items = await relationView.withRelations(directory, access.userId, found.items, now)
      return c.json({ items, nextCursor: found.next && encodeCursor(found.next) }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/users/{userId}',
      operationId: 'getUser',
      tags: ['users'],
      summary: 'The public profile of a user; of a deleted one its id remains.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { params: z.strictObject({ userId: Id }) },
      responses: { 200: json(User, 'The user.') },
      problems: ['not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const both = { userId: access.userId, otherId: c.req.valid('param').userId }
      return c.json(await relationView.find(directory, both, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/usernames/{username}',
      operationId: 'getUserByName',
      tags: ['users'],
      summary: 'The public profile of the user of this name, whatever its case.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: {
        params: z.strictObject({
          username: z
            .string()
            .min(1)
            .max(64)
            .meta({ description: 'In whatever case.', example: 'ana.lopez' }),
        }),
      },
      responses: { 200: json(User, 'The user.') },
      problems: ['not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const user = await profiles.findByName(directory, c.req.valid('param').username)
      return c.json(
        (await relationView.withRelations(directory, access.userId, [user], now))[0] ?? user,
        200,
      )
    },
  )
