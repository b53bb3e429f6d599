import { and, asc, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Grant } from '../auth/tokens'
import { FOLDING, fold } from '../folding'
import { newId } from '../ids'
import { clearedAccount } from './account-deletion'
import { type Directory, idsIn } from './database'
import { assertNotPosing, GUEST_PREFIX } from './reserved-names'
import { sessions as sessionTable, users } from './schema'
import * as sessions from './sessions'
import * as usernames from './usernames'

/** A guest who has refreshed no session for so long is deleted. */
export const GUEST_IDLE_DAYS = 30
const IDLE_MS = GUEST_IDLE_DAYS * 24 * 60 * 60 * 1000
/** How many guests one statement looks at. */
const SLICE = 100

/** Makes a user without a password and opens their only session. Throws `invalid` for a name that poses as the service. */
export async function create(
  directory: Directory,
  { displayName = usernames.generate().replaceAll('_', ' ') }: { displayName?: string | undefined },
  device: string,
  now: number,
): Promise<Grant> {
  assertNotPosing(displayName)
  const grant = sessions.newGrant(newId(), now)
  await directory.batch([
    directory.insert(users).values({
      id: grant.userId,
      username: newUsername(),
      displayName,
      foldedName: fold(displayName),
      foldVersion: FOLDING,
      guestUntil: now + IDLE_MS,
      createdAt: now,
    }),
    sessions.open(directory, grant, device, sessions.asGuest(grant.userId)),
  ])
  return grant
}

/** Drawn, so that it needs no second try, and reserved to guests. */
const newUsername = () =>
  GUEST_PREFIX + Buffer.from(crypto.getRandomValues(new Uint8Array(10))).toString('hex')

/**
 * Deletes guests who have been idle for `GUEST_IDLE_DAYS` and keeps their messages. Looks at `SLICE` of them; whoever has
 * refreshed a session goes to the end of the queue. The fanout finds those deleted by their versions. Returns whether there
 * may be more.
 */
export async function sweepSlice(directory: Directory, now: number): Promise<boolean> {
  const isDue = and(
    isNotNull(users.guestUntil),
    isNull(users.deletedAt),
    lte(users.guestUntil, now),
  )
  const due = await directory
    .select({ id: users.id })
    .from(users)
    .where(isDue)
    .orderBy(asc(users.guestUntil))
    .limit(SLICE)
  if (due.length === 0) return false
  const listed = idsIn(due.map(({ id }) => id))
  const refreshedAt = sql`(select max(s.rotated_at) from ${sessionTable} s where s.user_id = users.id)`
  const isListed = sql`${users.id} in ${listed}`
  const gone = directory
    .select({ id: users.id })
    .from(users)
    .where(and(isListed, isNotNull(users.deletedAt)))
  await directory.batch([
    directory
      .update(users)
      .set({ guestUntil: sql`${refreshedAt} + ${IDLE_MS}` })
      .where(and(isListed, isDue, sql`${refreshedAt} > ${now - IDLE_MS}`)),
    directory.update(users).set(clearedAccount('keep', now)).where(and(isListed, isDue)),
    directory.delete(sessionTable).where(sql`${sessionTable.userId} in ${gone}`),
  ])
  return due.length === SLICE
}
