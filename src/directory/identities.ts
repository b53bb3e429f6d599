import { and, eq, isNull, notExists, type SQL, sql } from 'drizzle-orm'
import type { Identity } from '../auth/identity-tokens'
import { DEFAULT_APP, type Grant } from '../auth/tokens'
import { ApiError } from '../errors'
import { FOLDING, fold } from '../folding'
import { newId } from '../ids'
import { DisplayName } from '../schemas/users'
import { takeBack } from './account-hiding'
import type { Directory } from './database'
import { isPosing, skeleton } from './reserved-names'
import { canLogIn, identities, users } from './schema'
import * as sessions from './sessions'
import * as usernames from './usernames'

/** How many generated usernames are tried before a first log-in fails. */
const MAX_ATTEMPTS = 5

/** Who somebody is for an issuer. */
type Key = Pick<Identity, 'issuer' | 'subject'>

/** SQL condition: the row is that of an identity. */
export const isKey = ({ issuer, subject }: Key) =>
  and(
    eq(identities.appId, DEFAULT_APP),
    eq(identities.issuer, issuer),
    eq(identities.subject, subject),
  ) as SQL

/** The name to show, unless it is none that a user may have here. */
function shownName({ name }: Identity): string | undefined {
  const { data } = DisplayName.safeParse(name)
  return data === undefined || isPosing(data) ? undefined : data
}

/**
 * Opens a session of the user whom an identity is, who is made at their first log-in. Takes their name over: `isRenamed`
 * then, so that their rooms are to be told. `appKeyId` is the app key that asks for it, if one does.
 */
export async function logIn(
  directory: Directory,
  identity: Identity,
  { device, method, appKeyId }: { device: string; method: string; appKeyId: string | undefined },
  now: number,
): Promise<{ opened: sessions.OpenedSession; isRenamed: boolean }> {
  const name = shownName(identity)
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const found = await findUser(directory, identity)
    const grant = { ...sessions.newGrant(found?.id ?? newId(), now), provenAt: identity.provenAt }
    const opening = sessions.byIdentity(method, userOf(directory, identity))
    if (found) {
      const isRenamed = name !== undefined && name !== found.displayName
      const [, [opened], , restored] = await directory.batch([
        sessions.deleteExpired(directory, found.id, now),
        sessions.open(directory, grant, device, opening),
        ...takeBack(directory, grant, appKeyId),
        // Behind it: a hidden account keeps its name.
        rename(directory, found.id, isRenamed ? name : found.displayName),
      ])
      const isRestored = restored.length > 0
      if (opened) return { opened: { ...grant, ...opened, isRestored }, isRenamed }
    } else {
      const opened = await create(directory, { identity, name, grant, device, opening })
      if (opened) return { opened: { ...grant, ...opened, isRestored: false }, isRenamed: false }
    }
  }
  throw new ApiError('unavailable', 'No name could be found for you. Try again.', { retryAfter: 1 })
}

/** The id of the user of an identity. */
export const userOf = (directory: Directory, key: Key) =>
  directory.select({ id: identities.userId }).from(identities).where(isKey(key))

const findUser = (directory: Directory, key: Key) =>
  directory
    .select({
      id: users.id,
      displayName: users.displayName,
    })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(isKey(key), canLogIn(users)))
    .get()

const rename = (directory: Directory, userId: string, displayName: string) =>
  directory
    .update(users)
    .set({
      displayName,
      foldedName: fold(displayName),
      foldVersion: FOLDING,
      profileVersion: sql`${users.profileVersion} + 1`,
    })
    .where(and(eq(users.id, userId), isNull(users.deletedAt), sql`display_name <> ${displayName}`))

interface FirstLogIn {
  identity: Identity
  name: string | undefined
  grant: Grant
  device: string
  opening: sessions.Opening
}

/** Of many first log-ins at once the first makes the user, and all open sessions of that one. */
async function create(
  directory: Directory,
  { identity, name, grant, device, opening }: FirstLogIn,
) {
  const { issuer, subject } = identity
  const { userId, rotatedAt: now } = grant
  const username = usernames.generate()
  const isNew = eq(users.id, userId)
  const mine = directory
    .select({ id: identities.userId })
    .from(identities)
    .where(and(isKey(identity), eq(identities.userId, userId)))
  const displayName = name ?? username.replaceAll('_', ' ')
  try {
    const results = await directory.batch([
      directory.insert(users).values({
        id: userId,
        username,
        usernameSkeleton: skeleton(username),
        displayName,
        foldedName: fold(displayName),
        foldVersion: FOLDING,
        createdAt: now,
      }),
      directory
        .delete(users)
        .where(and(isNew, usernames.isReserved(directory, { userId, username, now }))),
      directory
        .insert(identities)
        .select(
          sql`select ${DEFAULT_APP}, ${issuer}, ${subject}, ${users.id}, ${now}, null, null, null from ${users} where ${isNew}`,
        )
        .onConflictDoNothing(),
      // Another one was first. The batch is one transaction, so nobody saw this row.
      directory.delete(users).where(and(isNew, notExists(mine))),
      sessions.open(directory, grant, device, opening),
    ])
    return results[4][0]
  } catch (error) {
    const problem = usernames.toTakenProblem(error)
    if (problem instanceof ApiError) return undefined
    throw error
  }
}

/** The statement that forgets whose identities a user was, once the account is deleted. */
export const forget = (directory: Directory, userId: string, isDeleted: SQL) =>
  directory.delete(identities).where(and(eq(identities.userId, userId), isDeleted))
