import { z } from 'zod'
import { page } from './pages'
import { Seq, Timestamp } from './primitives'
import { Author } from './users'

/** One moderation action: what was done, by whom and to whom. */
export const AuditEntry = z
  .strictObject({
    seq: Seq,
    action: z.string().meta({ description: 'The type of the event.', example: 'member.removed' }),
    actor: Author,
    target: Author.nullable(),
    messageSeq: Seq.nullable(),
    reason: z.string().nullable().meta({ example: 'Spam, three times.' }),
    at: Timestamp,
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

export const Audit = page(AuditEntry, 'Audit')
