import { createHash } from 'node:crypto'
import { and, count, eq, exists, gt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { adjectives, animals, NumberDictionary, uniqueNamesGenerator } from 'unique-names-generator'
import { DEFAULT_APP } from '../auth/tokens'
import { ApiError, rootOf } from '../errors'
import type { Directory } from './database'
import { isReservedUsername } from './reserved-names'
import { releasedUsernames, reservedUsernames, users } from './schema'

/** How long a username stays with the user who gave it up. */
const HOLD_MS = 30 * 24 * 60 * 60 * 1000
/** How many given-up usernames one user holds at a time. */
export const MAX_HELD = 5
const SWEPT = 100

/** A readable username of at most 32 characters. It may be taken. */
export const generate = (): string =>
  uniqueNamesGenerator({
    dictionaries: [adjectives, animals, NumberDictionary.generate({ min: 10, max: 99 })],
    separator: '_',
  })

/** What is stored of a username that nobody has any more: SHA-256, base64url. */
export const hash = (username: string): string =>
  createHash('sha256').update(username).digest('base64url')

/** A username that a user would take. `now` is milliseconds since the epoch. */
export interface Claim {
  userId: string
  username: string
  now: number
}

/** SQL condition: nobody but its former owner may take the username, or nobody at all. */
export const isReserved = (directory: Directory, claim: Claim): SQL =>
  isReservedUsername(claim.username)
    ? sql`true`
    : (or(exists(ofDeleted(directory, claim)), exists(heldByAnother(directory, claim))) as SQL)

/** Whether `isReserved` holds. */
export async function findReserved(directory: Directory, claim: Claim): Promise<boolean> {
  if (isReservedUsername(claim.username)) return true
  const found = await Promise.all([
    ofDeleted(directory, claim).get(),
    heldByAnother(directory, claim).get(),
  ])
  return found.some((row) => row !== undefined)
}

/** The statements that hold `former` for a user who has changed to the username of the claim, and sweep what has ended. */
export const hold = (directory: Directory, former: string, { userId, username, now }: Claim) => {
  const renamed = and(eq(users.id, userId), eq(users.username, username))
  const expired = directory
    .select({ hash: releasedUsernames.hash })
    .from(releasedUsernames)
    .where(lte(releasedUsernames.until, now))
    .limit(SWEPT)
  return [
    directory
      .insert(releasedUsernames)
      .select(
        sql`select ${users.appId}, ${hash(former)}, ${users.id}, ${now + HOLD_MS} from ${users} where ${renamed}`,
      )
      .onConflictDoUpdate({
        target: [releasedUsernames.appId, releasedUsernames.hash],
        set: { userId, until: now + HOLD_MS },
      }),
    directory
      .delete(releasedUsernames)
      .where(sql`${releasedUsernames.hash} in ${expired} and ${releasedUsernames.until} <= ${now}`),
  ] as const
}

/** Throws `too_many` for a user who holds as many given-up usernames as one may. */
export async function assertMayRename(
  directory: Directory,
  userId: string,
  now: number,
): Promise<void> {
  const mine = and(eq(releasedUsernames.userId, userId), gt(releasedUsernames.until, now))
  const held = await directory.select({ n: count() }).from(releasedUsernames).where(mine).get()
  if ((held?.n ?? 0) < MAX_HELD) return
  throw new ApiError('too_many', `You can change your username ${MAX_HELD} times in 30 days.`)
}

/** Turns the error of a unique index into `username_taken`. Returns any other error as it is. */
export function toTakenProblem(error: unknown): unknown {
  const isTaken = /UNIQUE constraint failed:.*\busers\.username/.test(rootOf(error).message)
  return isTaken ? usernameTakenProblem() : error
}

export const usernameTakenProblem = () =>
  new ApiError(
    'username_taken',
    'This username is in use, was before, or is reserved. Choose another one.',
  )

const ofDeleted = (directory: Directory, { username }: Claim) =>
  directory
    .select({ one: sql`1` })
    .from(reservedUsernames)
    .where(eq(reservedUsernames.hash, hash(username)))

const heldByAnother = (directory: Directory, { userId, username, now }: Claim) =>
  directory
    .select({ one: sql`1` })
    .from(releasedUsernames)
    .where(
      and(
        eq(releasedUsernames.appId, DEFAULT_APP),
        eq(releasedUsernames.hash, hash(username)),
        gt(releasedUsernames.until, now),
        ne(releasedUsernames.userId, userId),
      ),
    )
