import { eq, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import * as accounts from './accounts'
import type { Directory } from './database'
import { users } from './schema'
import { type Kind, type Pair, shown, tied } from './social-edges'
import * as suspensions from './suspensions'

/** What a user is to another at the end of a change. */
export interface Standing {
  /** Of the user's contacts, as of this change. */
  version: number
  exists: boolean
  friend: boolean
  request: boolean
  follow: boolean
  block: boolean
  /** The other asks the user to be friends. */
  asked: boolean
}

/** Throws `invalid` for oneself. */
export function pair(userId: string, otherId: string): Pair {
  if (userId !== otherId) return { userId, otherId }
  const errors = [{ path: 'userId', message: 'must be someone else' }]
  throw new ApiError('invalid', 'userId: must be someone else', { errors })
}

/** A condition: the user may act, the other exists, and the user does not block them. */
export const able = ({ userId, otherId }: Pair, now: number) =>
  sql`${acting(userId, now)} and ${existing(otherId)} and not ${tied(userId, 'block', otherId)}`

/** The statement that ends the batch of a change: a new version of the user's contacts, and what came of it. */
export const settle = (directory: Directory, { userId, otherId }: Pair) => {
  const is = (kind: Kind) => flag(tied(userId, kind, otherId)).as(kind)
  return directory
    .update(users)
    .set({ contactsVersion: sql`${users.contactsVersion} + 1` })
    .where(eq(users.id, userId))
    .returning({
      version: users.contactsVersion,
      exists: flag(existing(otherId)).as('other_exists'),
      friend: is('friend'),
      request: is('request'),
      follow: is('follow'),
      block: is('block'),
      asked: flag(shown(otherId, 'request', userId)).as('asked'),
    })
}

/** The version to spread. Throws `not_found` when there is no such other, else what `refuse` says. */
export async function conclude(
  directory: Directory,
  { userId }: Pair,
  [standing]: Standing[],
  now: number,
  refuse: (standing: Standing) => ApiError | null,
): Promise<number> {
  if (!standing?.exists) throw new ApiError('not_found', 'There is no such user.')
  const refusal = refuse(standing)
  if (!refusal) return standing.version
  // Was the user suspended or deleted since the guard looked?
  await accounts.requireSiteRole(directory, userId, 'user', now)
  throw refusal
}

/** The refusal of a tie that could not be made. */
export const refused = ({ block }: Standing, limit: string): ApiError =>
  block
    ? new ApiError('conflict', 'You block this user; lift the block first.')
    : new ApiError('too_many', limit)

const acting = (userId: string, now: number) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null and ${suspensions.none(now)})`

const existing = (userId: string) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null)`

const flag = (condition: ReturnType<typeof sql>) => sql`${condition}`.mapWith(Boolean)
