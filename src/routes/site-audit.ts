import * as directorySiteAudit from '../directory/site-audit'
import { endpoint, router } from '../http/endpoint'
import { byId, pageOf } from '../http/page'
import { ok } from '../http/responses'
import { requireSession } from '../middleware/require-session'
import { requireAdmin } from '../middleware/require-site-role'
import { SiteAudit, SiteAuditQuery } from '../schemas/site-audit'

export const siteAudit = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/site-audit',
    operationId: 'listSiteAudit',
    tags: ['moderation'],
    summary: 'Read what was done to accounts, and by site staff in rooms, newest first.',
    description:
      'What staff and app keys did to accounts, and what users changed of what they log in by: who, what, to whom, when, and why where staff said so. It holds ids, and no name or address.',
    who: 'Site admins.',
    guards: [requireSession, requireAdmin],
    request: { query: SiteAuditQuery },
    responses: ok(SiteAudit, 'A page of the site audit.'),
    problems: ['forbidden', 'suspended'],
  }),
  async (c) => {
    const query = c.req.valid('query')
    const page = await pageOf(c, query, byId, (before, limit) =>
      directorySiteAudit.list(c.var.directory, {
        userId: query.userId,
        actorId: query.actorId,
        action: query.action,
        before: before?.[0],
        limit,
      }),
    )
    return c.json(page, 200)
  },
)
