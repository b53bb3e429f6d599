import { and, asc, eq, exists, isNull, lt, notExists, or, type SQL, sql } from 'drizzle-orm'
import { newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { type Directory, idsIn } from './database'
import { canLogIn, personalExports, users } from './schema'

/** How long an export can be downloaded, and until a user may ask for the next. */
export const EXPORT_HOURS = 24
const EXPORT_MS = EXPORT_HOURS * 60 * 60_000
/** One that is not ready by then never will be. */
const MAX_RUN_MS = 3 * EXPORT_MS
/** One that has stored nothing for so long was lost on its way. */
const STALLED_MS = 5 * 60_000
const PAGE = 100

export type PersonalExport = typeof personalExports.$inferSelect

/** Begins an export. Throws `too_many` while there is one. */
export async function begin(
  directory: Directory,
  userId: string,
  now: number,
): Promise<PersonalExport> {
  const [begun] = await directory
    .insert(personalExports)
    .values({
      userId,
      id: newToken(),
      position: '{}',
      requestedAt: now,
      steppedAt: now,
      expiresAt: now + MAX_RUN_MS,
    })
    .onConflictDoNothing()
    .returning()
  if (begun) return begun
  throw new ApiError(
    'too_many',
    'There is an export of your data. You can have another a day later.',
  )
}

/** The export of a user. A hidden account has none to show and none to go on with, until a log-in takes it back. */
export const find = (directory: Directory, userId: string): Promise<PersonalExport | undefined> =>
  directory
    .select()
    .from(personalExports)
    .where(
      and(eq(personalExports.userId, userId), exists(owner(directory, isNull(users.deletedAt)))),
    )
    .get()

const owner = (directory: Directory, condition: SQL) =>
  directory
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, personalExports.userId), condition))

/** What a part added: where to go on, null at the end. */
export interface Step {
  position: string | null
  bytes: number
}

/** Records the part behind those that there are, unless another run did. Returns whether this one did. */
export async function advance(
  directory: Directory,
  { userId, id, parts }: PersonalExport,
  { position, bytes }: Step,
  now: number,
): Promise<boolean> {
  const isReady = position === null
  const advanced = await directory
    .update(personalExports)
    .set({
      position,
      parts: parts + 1,
      bytes: sql`${personalExports.bytes} + ${bytes}`,
      steppedAt: now,
      ...(isReady && { readyAt: now, expiresAt: now + EXPORT_MS }),
    })
    .where(
      and(
        eq(personalExports.userId, userId),
        eq(personalExports.id, id),
        eq(personalExports.parts, parts),
        isNull(personalExports.readyAt),
      ),
    )
    .returning({ userId: personalExports.userId })
  return advanced.length > 0
}

/** The users whose exports stand still. */
export async function listStalled(directory: Directory, now: number): Promise<string[]> {
  const rows = await directory
    .select({ userId: personalExports.userId })
    .from(personalExports)
    .where(
      and(
        isNull(personalExports.readyAt),
        lt(personalExports.steppedAt, now - STALLED_MS),
        exists(owner(directory, isNull(users.deletedAt))),
      ),
    )
    .orderBy(asc(personalExports.steppedAt))
    .limit(PAGE)
  return rows.map(({ userId }) => userId)
}

/** Forgets exports whose time is over, or whose account is deleted for good. What they stored is swept as what nobody names. */
export const deleteEnded = (directory: Directory, now: number) =>
  directory
    .delete(personalExports)
    .where(or(lt(personalExports.expiresAt, now), notExists(owner(directory, canLogIn(users)))))

/** Of these users those who have an export, by its id. */
export async function idsOf(
  directory: Directory,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const listed = idsIn(userIds)
  const rows = await directory
    .select({ userId: personalExports.userId, id: personalExports.id })
    .from(personalExports)
    .where(sql`${personalExports.userId} in ${listed}`)
  return new Map(rows.map(({ userId, id }) => [userId, id]))
}

/** The statement that forgets the export of a user, once the account is deleted. */
export const forget = (directory: Directory, userId: string, isDeleted: SQL) =>
  directory.delete(personalExports).where(and(eq(personalExports.userId, userId), isDeleted))
