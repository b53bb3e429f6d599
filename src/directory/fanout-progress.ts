import { and, asc, eq, gt, lt, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Directory } from './database'
import * as profiles from './profiles'
import { hasPendingFanout, memberships, rooms, users } from './schema'

/** What the rooms of a user may not all have been told. */
export interface PendingFanout {
  profile: profiles.Profile
  dmAccessVersion: number
  /** Which it is: only direct rooms keep contacts. */
  isProfilePending: boolean
  isDmAccessPending: boolean
  /** Of both; grows when either does. */
  version: number
}

/** A room to be told: of a direct one also who the other is. */
export interface FanoutTarget {
  roomId: string
  peerId: string | null
}

/** undefined when every room of the user is up to date. */
export async function findPending(
  directory: Directory,
  userId: string,
): Promise<PendingFanout | undefined> {
  const { profileVersion, profileFanoutVersion, dmAccessVersion, dmAccessFanoutVersion } = users
  const row = await directory
    .select({
      profile: profiles.columns,
      versions: { profileVersion, profileFanoutVersion, dmAccessVersion, dmAccessFanoutVersion },
    })
    .from(users)
    .where(and(eq(users.id, userId), hasPendingFanout(users)))
    .get()
  if (!row) return undefined
  const { profile, versions } = row
  return {
    profile: profiles.toProfile(profile),
    dmAccessVersion: versions.dmAccessVersion,
    isProfilePending: versions.profileFanoutVersion < versions.profileVersion,
    isDmAccessPending: versions.dmAccessFanoutVersion < versions.dmAccessVersion,
    version: versions.profileVersion + versions.dmAccessVersion,
  }
}

/** Every room was told. What changed since stays to be spread. */
export async function markComplete(
  directory: Directory,
  { profile, dmAccessVersion }: PendingFanout,
) {
  await directory
    .update(users)
    .set({
      profileFanoutVersion: sql`max(${users.profileFanoutVersion}, ${profile.version})`,
      dmAccessFanoutVersion: sql`max(${users.dmAccessFanoutVersion}, ${dmAccessVersion})`,
    })
    .where(
      and(
        eq(users.id, profile.id),
        or(
          lt(users.profileFanoutVersion, profile.version),
          lt(users.dmAccessFanoutVersion, dmAccessVersion),
        ),
      ),
    )
}

/**
 * The one room of one change of contacts was told: that is all, unless an earlier one is still to be
 * spread. Answers whether anything is: a message under way for an older version will give up.
 */
export async function completeOneDmAccess(
  directory: Directory,
  userId: string,
  version: number,
): Promise<boolean> {
  const reached = sql`iif(${users.dmAccessFanoutVersion} = ${version} - 1, ${version}, ${users.dmAccessFanoutVersion})`
  const row = await directory
    .update(users)
    .set({ dmAccessFanoutVersion: reached })
    .where(eq(users.id, userId))
    .returning({ isBehind: sql`${hasPendingFanout(users)}`.mapWith(Boolean) })
    .get()
  return row?.isBehind ?? false
}

/** The ids of users whose rooms may not all be up to date, by the index of only those. */
export const listPending = (directory: Directory, after: string, limit: number) =>
  directory
    .select({ id: users.id })
    .from(users)
    .where(and(hasPendingFanout(users), gt(users.id, after)))
    .orderBy(asc(users.id))
    .limit(limit)

/** The rooms this user ever belonged to or wrote in; all, or the direct ones among them. */
export const listTargets = (
  directory: Directory,
  userId: string,
  { onlyDirect }: { onlyDirect: boolean },
  after: string,
  limit: number,
): Promise<FanoutTarget[]> =>
  directory
    .select({ roomId: memberships.roomId, peerId: peers.userId })
    .from(memberships)
    .leftJoin(rooms, and(eq(rooms.id, memberships.roomId), eq(rooms.kind, 'direct')))
    .leftJoin(peers, and(eq(peers.roomId, rooms.id), ne(peers.userId, userId)))
    .where(
      and(
        eq(memberships.userId, userId),
        gt(memberships.roomId, after),
        onlyDirect ? eq(rooms.kind, 'direct') : undefined,
      ),
    )
    .orderBy(asc(memberships.roomId))
    .limit(limit)

const peers = alias(memberships, 'peers')
