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
    summary: 'Read what site staff did to accounts and in rooms, newest first.',
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
        before: before?.[0],
        limit,
      }),
    )
    return c.json(page, 200)
  },
)
