import { z } from 'zod'
import * as siteRoles from '../directory/site-roles'
import * as users from '../directory/users'
import { endpoint, router } from '../http/endpoint'
import { body, json } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireAdmin } from '../middleware/require-site-role'
import { Id } from '../schemas/primitives'
import { RoleInput, User } from '../schemas/users'

export const roles = router().openapi(
  endpoint({
    method: 'put',
    path: '/v1/users/{userId}/role',
    operationId: 'setSiteRole',
    tags: ['moderation'],
    summary: "Sets a user's role on the site.",
    who: 'An admin.',
    guards: [requireSession, requireAdmin],
    request: { params: z.strictObject({ userId: Id }), body: body(RoleInput) },
    responses: { 200: json(User, 'The user with the role.') },
    problems: ['forbidden', 'suspended', 'not_found', 'last_admin'],
  }),
  async (c) => {
    const { userId } = c.req.valid('param')
    await siteRoles.set(c.var.directory, userId, c.req.valid('json').role)
    return c.json(await users.find(c.var.directory, userId), 200)
  },
)
