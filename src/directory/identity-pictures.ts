import { and, eq, exists, isNull, notExists, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Identity } from '../auth/identity-tokens'
import type { Directory } from './database'
import { isKey } from './identities'
import { identities, users } from './schema'

/** A user's picture is fetched once in this time at most, whatever comes of it. */
const FETCH_EVERY_MS = 60 * 60_000

/** Stands for the avatar that was taken where the user had none and wanted none. No avatar has this id. */
const DECLINED = ''

/** An identity, the user whom it is, and a hash of where their picture is now. */
export interface PictureOf {
  userId: string
  identity: Pick<Identity, 'issuer' | 'subject'>
  hash: string
}

const isIdentity = ({ userId, identity }: PictureOf) =>
  and(isKey(identity), eq(identities.userId, userId)) as SQL

/**
 * Claims the fetching of a picture: of many log-ins at once, one gets it. Undefined where there is nothing to fetch: the picture
 * is the one that was taken, the avatar is not, or somebody asked a while ago. `before` is the avatar that was taken before.
 */
export async function claim(
  directory: Directory,
  picture: PictureOf,
  now: number,
): Promise<{ before: string | null } | undefined> {
  const other = alias(identities, 'other')
  const askedLately = directory
    .select({ userId: other.userId })
    .from(other)
    .where(
      and(
        eq(other.userId, identities.userId),
        sql`${other.pictureTriedAt} > ${now - FETCH_EVERY_MS}`,
      ),
    )
  const hasIt = directory
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.id, identities.userId),
        isNull(users.deletedAt),
        sql`(${users.suspendedUntil} is null or ${users.suspendedUntil} <= ${now})`,
        sql`${users.avatar} is ${identities.pictureAvatar}`,
      ),
    )
  const [claimed] = await directory
    .update(identities)
    .set({ pictureTriedAt: now })
    .where(
      and(
        isIdentity(picture),
        sql`${identities.pictureHash} is not ${picture.hash}`,
        notExists(askedLately),
        exists(hasIt),
      ),
    )
    .returning({ before: identities.pictureAvatar })
  return claimed
}

/**
 * Makes the avatar that came of a picture the user's, and remembers both; it may be the one they have. False where they chose
 * or removed their avatar meanwhile, or are gone.
 */
export async function record(
  directory: Directory,
  picture: PictureOf,
  { before, avatar }: { before: string | null; avatar: string },
): Promise<boolean> {
  const self = eq(users.id, picture.userId)
  const mayChange = and(isIdentity(picture), sql`${identities.pictureAvatar} is ${before}`)
  const identity = directory.select({ id: identities.userId }).from(identities).where(mayChange)
  const taken = directory
    .select({ id: users.id })
    .from(users)
    .where(and(self, eq(users.avatar, avatar)))
  const [, recorded] = await directory.batch([
    directory
      .update(users)
      .set({ avatar, profileVersion: sql`${users.profileVersion} + 1` })
      .where(
        and(
          self,
          isNull(users.deletedAt),
          sql`${users.avatar} is ${before} and ${users.avatar} is not ${avatar}`,
          exists(identity),
        ),
      ),
    directory
      .update(identities)
      .set({ pictureHash: picture.hash, pictureAvatar: avatar })
      .where(and(mayChange, exists(taken)))
      .returning({ id: identities.userId }),
  ])
  return recorded.length > 0
}

/** The statement by which a user who wants no avatar gets none of an issuer either. */
export const decline = (directory: Directory, userId: string) =>
  directory
    .update(identities)
    .set({ pictureAvatar: DECLINED })
    .where(and(eq(identities.userId, userId), isNull(identities.pictureAvatar)))
