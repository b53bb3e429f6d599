import { z } from 'zod'
import { router } from '../http/endpoint'
import { pageOf } from '../http/page'
import { ok } from '../http/responses'
import { roomEndpoint } from '../http/room-endpoint'
import * as who from '../http/who'
import { Audit, type AuditEntry } from '../schemas/audit'
import { PageQuery } from '../schemas/pages'

const bySeq = { key: z.tuple([z.number()]), keyOf: ({ seq }: AuditEntry): [number] => [seq] }

export const audit = router().openapi(
  roomEndpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/audit',
    operationId: 'listAudit',
    tags: ['moderation'],
    summary: 'Read the audit log: who did what to whom, when and why, newest first.',
    who: who.moderatorsOrSiteStaff('audit.read'),
    orSiteStaff: true,
    request: { query: PageQuery },
    responses: ok(Audit, 'A page of the audit log.'),
    problems: ['forbidden'],
  }),
  async (c) => {
    const page = await pageOf(c, c.req.valid('query'), bySeq, (before, limit) =>
      c.var.room((room, caller) =>
        room.listAudit(caller, before?.[0] ?? Number.MAX_SAFE_INTEGER, limit),
      ),
    )
    return c.json(page, 200)
  },
)
