import { and, asc, eq, gt, lt, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Directory } from './database'
import * as profiles from './profiles'
import { hasPendingFanout, memberships, rooms, users } from './schema'

/** The changes of a user that may not have reached every room. */
export interface PendingFanout {
  profile: profiles.Profile
  dmAccessVersion: number
  /** Whether rooms wait for the profile. */
  isProfilePending: boolean
  /** Whether direct rooms wait for the DM access. Other rooms do not keep it. */
  isDmAccessPending: boolean
  /** The sum of both versions, so it grows when either does. */
  version: number
}

/** A room to update, and the other member if it is a direct room. */
export interface FanoutTarget {
  roomId: string
  peerId: string | null
}

/** Returns undefined when every room of the user is up to date. */
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
    profile: profiles.toCopy(profile),
    dmAccessVersion: versions.dmAccessVersion,
    isProfilePending: versions.profileFanoutVersion < versions.profileVersion,
    isDmAccessPending: versions.dmAccessFanoutVersion < versions.dmAccessVersion,
    version: versions.profileVersion + versions.dmAccessVersion,
  }
}

/** Records that every room has these versions. A change made since then stays pending. */
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
 * Records that the one room affected by a change of DM access has it. This completes `version` only if every
 * earlier version is complete. Returns whether anything is still pending: then a new message is needed,
 * because a message under way for an older version gives up when it sees this one.
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

/** The ids of users with a pending fanout, in order, after the id `after`. Uses `users_to_spread`. */
export const listPending = (directory: Directory, after: string, limit: number) =>
  directory
    .select({ id: users.id })
    .from(users)
    .where(and(hasPendingFanout(users), gt(users.id, after)))
    .orderBy(asc(users.id))
    .limit(limit)

/** One page of the rooms that a user ever belonged to, by room id after `after`. */
export const listTargets = (
  directory: Directory,
  userId: string,
  { onlyDirect, after, limit }: { onlyDirect: boolean; after: string; limit: number },
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
