import { eq, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import * as accounts from './accounts'
import type { Directory } from './database'
import { users } from './schema'
import { type EdgeKind, hasEdge, hasVisibleEdge, type UserPair } from './social-edges'
import * as suspensions from './suspensions'

/** What a user is to another at the end of a change. */
export interface EdgeOutcome {
  /** Of the user's contacts, as of this change. */
  version: number
  exists: boolean
  friend: boolean
  request: boolean
  follow: boolean
  block: boolean
  /** The other asks the user to be friends. */
  requestedByOther: boolean
}

/** Throws `invalid` for oneself. */
export function distinctPair(userId: string, otherId: string): UserPair {
  if (userId !== otherId) return { userId, otherId }
  const errors = [{ path: 'userId', message: 'must be someone else' }]
  throw new ApiError('invalid', 'userId: must be someone else', { errors })
}

/** A condition: the user may act, the other exists, and the user does not block them. */
export const mayAddEdge = ({ userId, otherId }: UserPair, now: number) =>
  sql`${mayAct(userId, now)} and ${userExists(otherId)} and not ${hasEdge(userId, 'block', otherId)}`

/** The statement that ends the batch of a change: a new version of the user's contacts, and what came of it. */
export const finishChange = (directory: Directory, { userId, otherId }: UserPair) => {
  const is = (kind: EdgeKind) => flag(hasEdge(userId, kind, otherId)).as(kind)
  return directory
    .update(users)
    .set({ dmAccessVersion: sql`${users.dmAccessVersion} + 1` })
    .where(eq(users.id, userId))
    .returning({
      version: users.dmAccessVersion,
      exists: flag(userExists(otherId)).as('other_exists'),
      friend: is('friend'),
      request: is('request'),
      follow: is('follow'),
      block: is('block'),
      requestedByOther: flag(hasVisibleEdge(otherId, 'request', userId)).as('requested_by_other'),
    })
}

/** The version to spread. Throws `not_found` when there is no such other, else what `refuse` says. */
export async function assertOutcome(
  directory: Directory,
  { userId }: UserPair,
  [outcome]: EdgeOutcome[],
  now: number,
  refuse: (outcome: EdgeOutcome) => ApiError | null,
): Promise<number> {
  if (!outcome?.exists) throw new ApiError('not_found', 'There is no such user.')
  const refusal = refuse(outcome)
  if (!refusal) return outcome.version
  // Was the user suspended or deleted since the guard looked?
  await accounts.requireSiteRole(directory, userId, 'user', now)
  throw refusal
}

/** The refusal of a tie that could not be made. */
export const cannotAddEdge = ({ block }: EdgeOutcome, limit: string): ApiError =>
  block
    ? new ApiError('conflict', 'You block this user; lift the block first.')
    : new ApiError('too_many', limit)

const mayAct = (userId: string, now: number) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null and ${suspensions.isNotSuspended(now)})`

const userExists = (userId: string) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null)`

const flag = (condition: ReturnType<typeof sql>) => sql`${condition}`.mapWith(Boolean)
