import { z } from 'zod'
import { PageQuery, page } from './pages'
import { Id, Timestamp } from './primitives'

/** One act of site staff, of an app key, or of a user on their own credentials: what was done, by whom, to whom, where, when and why. */
export const SiteAuditEntry = z
  .strictObject({
    id: Id,
    at: Timestamp,
    actorId: Id.meta({ description: 'Who did it: a user, or an app key.' }),
    action: z
      .string()
      .meta({ description: 'The operation of this API that did it.', example: 'banUser' }),
    userId: z.string().nullable().meta({
      description: 'Whom it was done to.',
      example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12',
    }),
    roomId: z.string().nullable().meta({
      description: 'The room it was done in.',
      example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e13',
    }),
    reason: z.string().nullable().meta({ example: 'Spam, three times.' }),
    detail: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'What else there is to know.', example: { role: 'moderator' } }),
  })
  .meta({ id: 'SiteAuditEntry' })
export type SiteAuditEntry = z.infer<typeof SiteAuditEntry>

export const SiteAudit = page(SiteAuditEntry, 'SiteAudit')

export const SiteAuditQuery = PageQuery.extend({
  userId: Id.optional().meta({ description: 'Only what was done to this user.' }),
  actorId: Id.optional().meta({ description: 'Only what this user, or this app key, did.' }),
  action: z.string().min(1).max(64).optional().meta({
    description: 'Only what this operation did.',
    example: 'suspendUser',
  }),
})
export type SiteAuditQuery = z.infer<typeof SiteAuditQuery>
