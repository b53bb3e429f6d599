import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { newId } from '../ids'
import { iso } from '../schemas/primitives'
import type { SiteAuditEntry } from '../schemas/site-audit'
import type { Directory } from './database'
import { siteAudit, users } from './schema'

/** What site staff do in a room or to an account, an app key to an account, or a user to their own credentials. */
export interface Act {
  /** A user, or an app key. */
  actorId: string
  /** The operation of the API that does it. */
  action: string
  userId?: string | undefined
  roomId?: string | undefined
  reason?: string | undefined
  /** What else there is to know, such as a new role. */
  detail?: Record<string, string>
}

const toRow = (act: Act, now: number): typeof siteAudit.$inferInsert => ({
  id: newId(),
  at: now,
  actorId: act.actorId,
  action: act.action,
  userId: act.userId,
  roomId: act.roomId,
  reason: act.reason,
  detail: act.detail && JSON.stringify(act.detail),
})

/**
 * Records an act, does it, and takes the record back if it is refused: an act is never without its record, even if
 * the Worker dies in between. Throws what `act` throws.
 */
export async function recorded<T>(
  directory: Directory,
  act: Act,
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  const row = toRow(act, now)
  await directory.insert(siteAudit).values(row)
  try {
    return await work()
  } catch (error) {
    await directory.delete(siteAudit).where(eq(siteAudit.id, row.id))
    throw error
  }
}

/** The statement that records an act if a user's row meets a condition: in the batch that does it, neither is without the other. */
export function recordWhere(
  directory: Directory,
  act: Act,
  now: number,
  condition: SQL | undefined,
) {
  const { id, userId = null, roomId = null, reason = null, detail = null } = toRow(act, now)
  return directory.insert(siteAudit).select(
    sql`select ${id}, ${now}, ${act.actorId}, ${act.action}, ${userId}, ${roomId}, ${reason}, ${detail}
        from ${users} where ${condition}`,
  )
}

/** What of the audit is asked for: all of it, or what a user or key did, what was done to a user, one kind of act. */
export interface AuditFilter {
  actorId?: string | undefined
  userId?: string | undefined
  action?: string | undefined
}

/** Newest first, before an entry. */
export async function list(
  directory: Directory,
  query: AuditFilter & { before?: string | undefined; limit: number },
): Promise<SiteAuditEntry[]> {
  return (await select(directory, query)).map(toEntry)
}

/** The statement of `list`. Each filter has its index. */
export const select = (
  directory: Directory,
  {
    actorId,
    userId,
    action,
    before,
    limit,
  }: AuditFilter & { before?: string | undefined; limit: number },
) =>
  directory
    .select()
    .from(siteAudit)
    .where(
      and(
        actorId === undefined ? undefined : eq(siteAudit.actorId, actorId),
        userId === undefined ? undefined : eq(siteAudit.userId, userId),
        action === undefined ? undefined : eq(siteAudit.action, action),
        before === undefined ? undefined : lt(siteAudit.id, before),
      ),
    )
    .orderBy(desc(siteAudit.id))
    .limit(limit)

const toEntry = (row: typeof siteAudit.$inferSelect): SiteAuditEntry => ({
  id: row.id,
  at: iso(row.at),
  actorId: row.actorId,
  action: row.action,
  userId: row.userId,
  roomId: row.roomId,
  reason: row.reason,
  detail: row.detail === null ? null : (JSON.parse(row.detail) as Record<string, string>),
})
