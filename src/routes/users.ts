import { z } from 'zod'
import * as accounts from '../directory/accounts'
import * as guests from '../directory/guests'
import * as relationView from '../directory/relation-view'
import * as profiles from '../directory/users'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { pageAfter } from '../http/page'
import { body, created, ok } from '../http/responses'
import { clientOf, signIn } from '../http/sign-in'
import * as who from '../http/who'
import { visiblePresence } from '../inbox/visible-presence'
import { startVerification } from '../mail/links'
import { limitRegistrations } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { Presence } from '../schemas/presence'
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
      summary: 'Register a user, or make a guest.',
      description:
        'If you omit the username, one is generated. The response signs you in. An `email` is sent a link by which you verify it. `guest` makes a user without a password, who reads and writes in open rooms and in those they have an invite to. There is no way back into a guest whose session has ended. After 30 days without a refresh a guest is deleted, and their messages stay, shown as by "guest". An operator may switch guests off: `forbidden`.',
      who: who.anyone,
      guards: [limitRegistrations],
      request: { body: body(NewUser) },
      responses: { 201: created(SignedIn, 'The new account, signed in.') },
      problems: ['username_taken', 'forbidden', 'rate_limited'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const { guest, password, ...input } = c.req.valid('json')
      const client = clientOf(c)
      if (guest && c.env.GUESTS === 'off') {
        throw new ApiError('forbidden', 'There are no guests here. Register instead.')
      }
      const grant =
        guest || password === undefined
          ? await guests.create(directory, input, client.device, now)
          : await accounts.create(directory, { ...input, password }, client, now)
      if (input.email !== undefined) startVerification(c.env, grant.userId, now)
      return c.json(await signIn(c, grant), 201, { Location: `/v1/users/${grant.userId}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/users',
      revalidates: true,
      operationId: 'searchUsers',
      tags: ['users'],
      summary: 'Find users by the beginning of a name, or by their ids.',
      who: who.signedIn,
      guards: [requireSession],
      request: { query: UsersQuery },
      responses: ok(UserPage, 'A page of users, sorted by the name that matched.'),
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { search, ids = '', ...rest } = c.req.valid('query')
      const query = { search, ...rest }
      const page =
        search === undefined
          ? { items: await profiles.findMany(directory, ids.split(',')), nextCursor: null }
          : await pageAfter(c, query, profiles.SortKey, (after) =>
              profiles.search(directory, { search, limit: query.limit }, after),
            )
      const items = await relationView.withRelations(directory, access.userId, page.items, now)
      return c.json({ ...page, items }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/users/{userId}',
      revalidates: true,
      operationId: 'getUser',
      tags: ['users'],
      summary: 'Read the public profile of a user.',
      description: 'Of a deleted user only the id is left.',
      who: who.signedIn,
      guards: [requireSession],
      request: { params: z.strictObject({ userId: Id }) },
      responses: ok(User, 'The user.'),
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
      path: '/v1/users/{userId}/presence',
      operationId: 'getPresence',
      tags: ['users'],
      summary: 'Read whether a user is online.',
      description:
        'You see it of those you may exchange direct messages with, if you share a direct room, are friends or follow each other, or they show everyone when they were last seen. Of anybody else, nothing: they look offline.',
      who: who.signedIn,
      guards: [requireSession],
      request: { params: z.strictObject({ userId: Id }) },
      responses: ok(Presence, 'What you may know.'),
      problems: ['not_found'],
    }),
    async (c) => {
      const { access } = c.var
      const { userId } = c.req.valid('param')
      return c.json(await visiblePresence(c.env, access.userId, userId), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/usernames/{username}',
      revalidates: true,
      operationId: 'getUserByName',
      tags: ['users'],
      summary: 'Read the public profile of the user with this username.',
      who: who.signedIn,
      guards: [requireSession],
      request: {
        params: z.strictObject({
          username: z
            .string()
            .min(1)
            .max(64)
            .meta({ description: 'Upper and lower case are the same.', example: 'ana.lopez' }),
        }),
      },
      responses: ok(User, 'The user.'),
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
