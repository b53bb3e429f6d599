import { recorded } from '../directory/site-audit'
import * as siteRoles from '../directory/site-roles'
import * as users from '../directory/users'
import { OneUser } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { body, ok } from '../http/responses'
import { publishAccount } from '../inbox/account-news'
import { requireSession } from '../middleware/require-session'
import { requireAdmin } from '../middleware/require-site-role'
import { RoleInput, User } from '../schemas/users'

export const roles = router().openapi(
  endpoint({
    method: 'put',
    path: '/v1/users/{userId}/role',
    operationId: 'setSiteRole',
    tags: ['moderation'],
    summary: "Set a user's site role.",
    description:
      'A deleted account that a log-in can still take back is demoted, too, and shown as deleted. It is not promoted.',
    who: 'Site admins.',
    guards: [requireSession, requireAdmin],
    request: { params: OneUser, body: body(RoleInput) },
    responses: ok(User, 'The user, with the new role.'),
    problems: ['forbidden', 'suspended', 'not_found', 'last_admin', 'conflict'],
  }),
  async (c) => {
    const { userId } = c.req.valid('param')
    const { directory, access, now } = c.var
    const { role, reason } = c.req.valid('json')
    const act = { actorId: access.userId, action: 'setSiteRole', userId, reason, detail: { role } }
    await recorded(directory, act, now, () => siteRoles.set(directory, userId, role))
    publishAccount(c.env, userId, now)
    return c.json(await users.find(directory, userId), 200)
  },
)
