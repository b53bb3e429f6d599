import { and, desc, eq, lt } from 'drizzle-orm'
import { newId } from '../ids'
import { iso } from '../schemas/primitives'
import type { SiteAuditEntry } from '../schemas/site-audit'
import type { Directory } from './database'
import { siteAudit } from './schema'

/** What someone of the site staff does, in a room or to an account. */
export interface StaffAct {
  actorId: string
  /** The operation of the API that does it. */
  action: string
  userId?: string | undefined
  roomId?: string | undefined
  reason?: string | undefined
  /** What else there is to know, such as a new role. */
  detail?: Record<string, string>
}

const toRow = (act: StaffAct, now: number): typeof siteAudit.$inferInsert => ({
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
  act: StaffAct,
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

/** Newest first, before an entry. */
export async function list(
  directory: Directory,
  {
    userId,
    before,
    limit,
  }: { userId?: string | undefined; before?: string | undefined; limit: number },
): Promise<SiteAuditEntry[]> {
  const rows = await directory
    .select()
    .from(siteAudit)
    .where(
      and(
        userId === undefined ? undefined : eq(siteAudit.userId, userId),
        before === undefined ? undefined : lt(siteAudit.id, before),
      ),
    )
    .orderBy(desc(siteAudit.id))
    .limit(limit)
  return rows.map(toEntry)
}

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
