import { eq, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import * as accounts from './accounts'
import type { Directory } from './database'
import { users } from './schema'
import { type EdgeKind, hasEdge, hasVisibleEdge, type UserPair } from './social-edges'
import * as suspensions from './suspensions'

/** The edges between two users at the end of a change, as read in the same transaction. */
export interface EdgeOutcome {
  /** The new `dmAccessVersion` of the user who acted. */
  version: number
  /** Whether the other user exists. */
  exists: boolean
  friend: boolean
  request: boolean
  follow: boolean
  block: boolean
  /** Whether the other user has sent a friend request that the user may see. */
  requestedByOther: boolean
}

/** A pair of two different users. Throws `invalid` when both ids are the same. */
export function distinctPair(userId: string, otherId: string): UserPair {
  if (userId !== otherId) return { userId, otherId }
  const errors = [{ path: 'userId', message: 'must be another user' }]
  throw new ApiError('invalid', 'Choose another user: this is your own account.', { errors })
}

/** SQL condition: the user may act, the other user exists, and the user does not block them. */
export const mayAddEdge = ({ userId, otherId }: UserPair, now: number) =>
  sql`${mayAct(userId, now)} and ${userExists(otherId)} and not ${hasEdge(userId, 'block', otherId)}`

/** The last statement in the batch of a change: raises the user's `dmAccessVersion` and returns an `EdgeOutcome`. */
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

interface Check {
  now: number
  /** The problem with an outcome, or null when the change did what was asked. */
  problemOf: (outcome: EdgeOutcome) => ApiError | null
}

/**
 * Returns the new `dmAccessVersion`, which the direct room is to be told. Throws `not_found` when the other
 * user does not exist, and otherwise the problem that `problemOf` finds.
 */
export async function assertOutcome(
  directory: Directory,
  { userId }: UserPair,
  [outcome]: EdgeOutcome[],
  { now, problemOf }: Check,
): Promise<number> {
  if (!outcome?.exists) throw new ApiError('not_found', 'There is no such user.')
  const problem = problemOf(outcome)
  if (!problem) return outcome.version
  // The account may have been suspended or deleted since the guard checked it. That problem goes first.
  await accounts.requireSiteRole(directory, userId, 'user', now)
  throw problem
}

/** Why an edge was not added: the user blocks the other, or else has reached a limit that `limitDetail` explains. */
export const cannotAddEdge = ({ block }: EdgeOutcome, limitDetail: string): ApiError =>
  block
    ? new ApiError('conflict', 'You block this user. Unblock them first.')
    : new ApiError('too_many', limitDetail)

const mayAct = (userId: string, now: number) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null and ${suspensions.isNotSuspended(now)})`

const userExists = (userId: string) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.deletedAt} is null)`

const flag = (condition: ReturnType<typeof sql>) => sql`${condition}`.mapWith(Boolean)
