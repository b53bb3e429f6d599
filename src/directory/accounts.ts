import { and, eq, isNull } from 'drizzle-orm'
import { requireUncommon } from '../auth/password-policy'
import * as passwords from '../auth/passwords'
import type { Grant } from '../auth/tokens'
import { ApiError, registrationRequired } from '../errors'
import { FOLDING, fold } from '../folding'
import { newId } from '../ids'
import { fromStored } from '../schemas/metadata'
import { avatarUrl, iso } from '../schemas/primitives'
import type { Me, NewUser, SiteRole } from '../schemas/users'
import type { Directory } from './database'
import { assertNotPosing, skeleton } from './reserved-names'
import { users } from './schema'
import * as sessions from './sessions'
import * as siteRoles from './site-roles'
import * as suspensions from './suspensions'
import * as usernames from './usernames'

export type Row = typeof users.$inferSelect

/** Whoever registers with a password. */
export type NewAccount = Omit<NewUser, 'guest' | 'password'> & { password: string }

/** How many generated usernames are tried before registration fails. */
const MAX_ATTEMPTS = 5

/**
 * Registers a user and opens their first session. `cost` is log2 of scrypt's N. Throws `username_taken`, and
 * `invalid` for a common password or a display name that poses as the service.
 */
export async function create(
  directory: Directory,
  input: NewAccount,
  { device, cost }: { device: string; cost: number },
  now: number,
): Promise<Grant> {
  if (input.displayName !== undefined) assertNotPosing(input.displayName)
  await requireUncommon(input.password, [input.username, input.displayName, input.email])
  const passwordHash = await passwords.hash(input.password, cost)
  for (let attempt = 1; ; attempt += 1) {
    const username = input.username ?? usernames.generate()
    const grant = sessions.newGrant(newId(), now)
    try {
      const [, , [opened]] = await directory.batch([
        directory.insert(users).values(toRow(input, username, passwordHash, grant)),
        // The batch is one transaction, so nobody sees a row whose name is reserved.
        directory
          .delete(users)
          .where(
            and(
              eq(users.id, grant.userId),
              usernames.isReserved(directory, { userId: grant.userId, username, now }),
            ),
          ),
        sessions.open(
          directory,
          grant,
          device,
          sessions.byPassword(directory, grant.userId, passwordHash),
        ),
      ])
      if (opened) return grant
      throw usernames.usernameTakenProblem()
    } catch (error) {
      const problem = usernames.toTakenProblem(error)
      const isTaken = problem instanceof ApiError && problem.code === 'username_taken'
      if (input.username !== undefined || !isTaken || attempt === MAX_ATTEMPTS) throw problem
    }
  }
}

/** The account as its owner sees it. Throws `unauthenticated` if it is deleted. */
export async function find(directory: Directory, userId: string, now: number): Promise<Me> {
  return toMe(await requireRow(directory, userId), now)
}

/**
 * Returns the site role of an account that may act. Throws `unauthenticated` if it is deleted, `suspended`
 * while it is suspended, `forbidden` if its role is lower than `needed`.
 */
export async function requireSiteRole(
  directory: Directory,
  userId: string,
  needed: SiteRole,
  now: number,
): Promise<SiteRole> {
  const row = await requireRow(directory, userId)
  suspensions.assertNotSuspended(row, now)
  if (siteRoles.isAtLeast(row.role, needed)) return row.role
  const who = needed === 'admin' ? 'an admin' : 'a moderator or an admin'
  throw new ApiError('forbidden', `Only ${who} of the site may do this.`)
}

/**
 * Requires an account that may act and is no guest's. `act` completes "Guests may not". Throws `unauthenticated`, `suspended`,
 * `registration_required`.
 */
export async function requireRegistered(
  directory: Directory,
  userId: string,
  act: string,
  now: number,
): Promise<void> {
  const row = await requireRow(directory, userId)
  suspensions.assertNotSuspended(row, now)
  if (row.guestUntil !== null) throw registrationRequired(act)
}

/** The row of an account that is not deleted; throws as `find` does. */
export async function requireRow(directory: Directory, userId: string): Promise<Row> {
  return requireFound(await selectRow(directory, userId))
}

/** The statement of `find`. */
export const selectRow = (directory: Directory, userId: string) =>
  directory
    .select()
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))

/** What `selectRow` found, as the owner sees it. Throws as `find` does. */
export const toFoundMe = (rows: Row[], now: number): Me => toMe(requireFound(rows), now)

function requireFound([row]: Row[]): Row {
  if (!row) throw new ApiError('unauthenticated', 'This account was deleted.')
  return row
}

function toRow(
  { displayName, email }: NewAccount,
  username: string,
  passwordHash: string,
  { userId, rotatedAt }: Grant,
): typeof users.$inferInsert {
  const shown = displayName ?? username
  return {
    id: userId,
    username,
    usernameSkeleton: skeleton(username),
    displayName: shown,
    foldedName: fold(shown),
    foldVersion: FOLDING,
    email,
    passwordHash,
    createdAt: rotatedAt,
  }
}

export function toMe(row: Row, now: number): Me {
  const { username, suspendedUntil, doNotDisturbUntil } = row
  const upcoming = (end: number | null) => (end !== null && end > now ? iso(end) : null)
  if (username === null) throw new Error('An account without a username is deleted.')
  return {
    id: row.id,
    username,
    displayName: row.displayName,
    avatarUrl: avatarUrl('users', row.id, row.avatar),
    bio: row.bio,
    role: row.role,
    createdAt: iso(row.createdAt),
    metadata: fromStored(row.metadata),
    email: row.email,
    emailVerified: row.emailVerifiedAt !== null,
    messagePolicy: row.messagePolicy,
    addPolicy: row.addPolicy,
    lastSeenPolicy: row.lastSeenPolicy,
    doNotDisturbUntil: upcoming(doNotDisturbUntil),
    guest: row.guestUntil !== null,
    suspendedUntil: upcoming(suspendedUntil),
  }
}
