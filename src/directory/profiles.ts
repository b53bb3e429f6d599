import { and, count, eq, inArray, isNull, ne, type SQL } from 'drizzle-orm'
import { ApiError, registrationRequired } from '../errors'
import { avatarUrl } from '../schemas/primitives'
import { type Author, goneName } from '../schemas/users'
import type { Directory } from './database'
import { memberships, rooms, users } from './schema'

/** The copy of a user that rooms keep, as of `version`. Times are milliseconds since the epoch. */
export interface Profile {
  id: string
  /** null once the account is deleted. */
  username: string | null
  displayName: string
  avatar: string | null
  version: number
  suspendedUntil: number | null
  deleted: boolean
  /** Whether every message of the user is to be erased. */
  erased: boolean
  isGuest?: true
}

/** The columns of a profile. */
export const columns = {
  id: users.id,
  username: users.username,
  displayName: users.displayName,
  avatar: users.avatar,
  version: users.profileVersion,
  suspendedUntil: users.suspendedUntil,
  deletedAt: users.deletedAt,
  deletionDueAt: users.deletionDueAt,
  erased: users.erased,
  guestUntil: users.guestUntil,
}

/** The profiles of the users with these ids that exist. At most 100 ids, the limit of D1's bound parameters. */
export async function find(directory: Directory, ids: string[]): Promise<Profile[]> {
  return (await selectWhere(directory, inArray(users.id, ids))).map(toProfile)
}

/** How messages and lists show the users with these ids, at most 100. */
export async function findAuthors(
  directory: Directory,
  ids: string[],
): Promise<ReadonlyMap<string, Author>> {
  const found = ids.length > 0 ? await find(directory, ids) : []
  return new Map(found.map((profile) => [profile.id, toAuthor(profile)]))
}

const toAuthor = ({ id, username, displayName, avatar }: Profile): Author => ({
  id,
  username,
  displayName,
  avatarUrl: avatarUrl('users', id, avatar),
})

/** Throws `not_found` unless the user exists and is not deleted. */
export async function get(directory: Directory, id: string): Promise<Profile> {
  const [found] = await find(directory, [id])
  if (found && !found.deleted) return found
  throw new ApiError('not_found', 'There is no such user.')
}

/** How many rooms a user can be in. Direct rooms do not count, because nobody can leave them. */
const MAX_ROOMS = 1000

/** The profile of a user about to join a room. Throws `too_many` if they are in `MAX_ROOMS` rooms. */
export async function findForJoin(directory: Directory, id: string): Promise<Profile | undefined> {
  const [found, joined] = await directory.batch([
    selectWhere(directory, eq(users.id, id)),
    directory
      .select({ n: count() })
      .from(memberships)
      .innerJoin(rooms, eq(rooms.id, memberships.roomId))
      .where(
        and(
          eq(memberships.userId, id),
          isNull(memberships.leftAt),
          isNull(rooms.deletedAt),
          ne(rooms.kind, 'direct'),
        ),
      ),
  ])
  if ((joined[0]?.n ?? 0) >= MAX_ROOMS) {
    throw new ApiError('too_many', `You can be in ${MAX_ROOMS} rooms at a time. Leave one first.`)
  }
  return found[0] && toProfile(found[0])
}

/** Throws unless a user may create a room: `unauthenticated`, `registration_required`, `suspended`, `too_many`. */
export async function requireMayCreateRoom(
  directory: Directory,
  id: string,
  now: number,
): Promise<void> {
  const profile = await findForJoin(directory, id)
  if (!profile || profile.deleted) {
    throw new ApiError('unauthenticated', 'This account no longer exists.')
  }
  if (profile.isGuest) throw registrationRequired('create rooms')
  if (profile.suspendedUntil !== null && profile.suspendedUntil > now) {
    throw new ApiError('suspended', 'A suspended account cannot join rooms.')
  }
}

/** The statement of `find`, for a batch. */
export const selectWhere = (directory: Directory, condition: SQL) =>
  directory.select(columns).from(users).where(condition)

type Row = Awaited<ReturnType<typeof selectWhere>>[number]

/**
 * What a room keeps of a member. Of one that is hidden, rooms take the name away and keep the rest, until a log-in gives it
 * back.
 */
export const toCopy = (row: Row): Profile =>
  row.deletionDueAt === null ? toProfile(row) : { ...toProfile(row), deleted: false, erased: false }

/** How a user is to everybody now: one that is hidden is deleted. */
export function toProfile(row: Row): Profile {
  const deleted = row.deletedAt !== null
  const isGuest = row.guestUntil !== null
  return {
    id: row.id,
    username: deleted ? null : row.username,
    displayName: deleted ? goneName({ isGuest }) : row.displayName,
    avatar: deleted ? null : row.avatar,
    version: row.version,
    suspendedUntil: row.suspendedUntil,
    deleted,
    erased: row.erased,
    ...(isGuest && { isGuest }),
  }
}
