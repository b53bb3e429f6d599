import { and, asc, eq, gt, lt, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Directory } from './database'
import * as profiles from './profiles'
import { memberships, rooms, unspread, users } from './schema'

/** What the rooms of a user may not all have been told. */
export interface Spread {
  profile: profiles.Profile
  contactsVersion: number
  /** Which it is: only direct rooms keep contacts. */
  isProfileBehind: boolean
  areContactsBehind: boolean
  /** Of both; grows when either does. */
  version: number
}

/** A room to be told: of a direct one also who the other is. */
export interface Destination {
  roomId: string
  peerId: string | null
}

/** undefined when every room of the user is up to date. */
export async function find(directory: Directory, userId: string): Promise<Spread | undefined> {
  const { profileVersion, spreadVersion, contactsVersion, contactsSpread } = users
  const row = await directory
    .select({
      profile: profiles.columns,
      versions: { profileVersion, spreadVersion, contactsVersion, contactsSpread },
    })
    .from(users)
    .where(and(eq(users.id, userId), unspread(users)))
    .get()
  if (!row) return undefined
  const { profile, versions } = row
  return {
    profile: profiles.toProfile(profile),
    contactsVersion: versions.contactsVersion,
    isProfileBehind: versions.spreadVersion < versions.profileVersion,
    areContactsBehind: versions.contactsSpread < versions.contactsVersion,
    version: versions.profileVersion + versions.contactsVersion,
  }
}

/** Every room was told. What changed since stays to be spread. */
export async function mark(directory: Directory, { profile, contactsVersion }: Spread) {
  await directory
    .update(users)
    .set({
      spreadVersion: sql`max(${users.spreadVersion}, ${profile.version})`,
      contactsSpread: sql`max(${users.contactsSpread}, ${contactsVersion})`,
    })
    .where(
      and(
        eq(users.id, profile.id),
        or(lt(users.spreadVersion, profile.version), lt(users.contactsSpread, contactsVersion)),
      ),
    )
}

/**
 * The one room of one change of contacts was told: that is all, unless an earlier one is still to be
 * spread. Answers whether anything is: a message under way for an older version will give up.
 */
export async function advance(
  directory: Directory,
  userId: string,
  version: number,
): Promise<boolean> {
  const reached = sql`iif(${users.contactsSpread} = ${version} - 1, ${version}, ${users.contactsSpread})`
  const row = await directory
    .update(users)
    .set({ contactsSpread: reached })
    .where(eq(users.id, userId))
    .returning({ isBehind: sql`${unspread(users)}`.mapWith(Boolean) })
    .get()
  return row?.isBehind ?? false
}

/** The ids of users whose rooms may not all be up to date, by the index of only those. */
export const list = (directory: Directory, after: string, limit: number) =>
  directory
    .select({ id: users.id })
    .from(users)
    .where(and(unspread(users), gt(users.id, after)))
    .orderBy(asc(users.id))
    .limit(limit)

/** The rooms this user ever belonged to or wrote in; all, or the direct ones among them. */
export const destinations = (
  directory: Directory,
  userId: string,
  { onlyDirect }: { onlyDirect: boolean },
  after: string,
  limit: number,
): Promise<Destination[]> =>
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
