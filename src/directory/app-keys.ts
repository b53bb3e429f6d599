import { and, count, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { APP_ISSUER } from '../auth/identity-issuers'
import { DEFAULT_APP, hashToken, newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { newId } from '../ids'
import type { AppKey, NewAppKey, Scope } from '../schemas/app-keys'
import { iso } from '../schemas/primitives'
import type { Directory } from './database'
import { appKeys, identities, users } from './schema'

/** So that a key is known for one wherever it is found. */
const PREFIX = 'ck_'
/** How many keys may be good at a time. */
const MAX_APP_KEYS = 50

export const isAppKey = (token: string): boolean => token.startsWith(PREFIX)

const isGood = (now: number) =>
  and(
    eq(appKeys.appId, DEFAULT_APP),
    isNull(appKeys.revokedAt),
    or(isNull(appKeys.expiresAt), gt(appKeys.expiresAt, now)),
  )

interface Made {
  id: string
  /** Shown once; only its hash is stored. */
  secret: string
}

export const newSecret = async (): Promise<Made & { hash: string }> => {
  const secret = PREFIX + newToken()
  return { id: newId(), secret, hash: await hashToken(secret) }
}

/** Stores a key. Throws `too_many`. */
export async function create(
  directory: Directory,
  { id, hash }: { id: string; hash: string },
  { name, scopes, by }: NewAppKey & { by: string },
  now: number,
): Promise<AppKey> {
  const good = await directory.select({ n: count() }).from(appKeys).where(isGood(now)).get()
  if ((good?.n ?? 0) >= MAX_APP_KEYS) {
    throw new ApiError('too_many', `There can be ${MAX_APP_KEYS} keys. Revoke one first.`)
  }
  const listed = [...new Set(scopes)].join(',')
  const row = { id, name, hash, scopes: listed, createdBy: by, createdAt: now }
  return toAppKey(await directory.insert(appKeys).values(row).returning().get())
}

/**
 * Stores a key with the name and scopes of another, which ends when the overlap does. Throws `not_found` unless that one is
 * good.
 */
export async function succeed(
  directory: Directory,
  predecessor: string,
  {
    id,
    hash,
    by,
    overlapSeconds,
  }: { id: string; hash: string; by: string; overlapSeconds: number },
  now: number,
): Promise<AppKey> {
  const old = and(eq(appKeys.id, predecessor), isGood(now))
  const until = now + overlapSeconds * 1000
  const [[made]] = await directory.batch([
    directory
      .insert(appKeys)
      .select(
        sql`select ${id}, ${appKeys.appId}, ${appKeys.name}, ${hash}, ${appKeys.scopes}, ${by}, ${now}, null, null
          from ${appKeys} where ${old}`,
      )
      .returning(),
    directory
      .update(appKeys)
      .set({ expiresAt: sql`min(coalesce(${appKeys.expiresAt}, ${until}), ${until})` })
      .where(old),
  ])
  if (!made) throw notFound()
  return toAppKey(made)
}

/** Ends a key at once. Again changes nothing. Throws `not_found`. */
export async function revoke(directory: Directory, id: string, now: number): Promise<void> {
  const revoked = await directory
    .update(appKeys)
    .set({ revokedAt: sql`coalesce(${appKeys.revokedAt}, ${now})` })
    .where(eq(appKeys.id, id))
    .returning({ id: appKeys.id })
    .get()
  if (!revoked) throw notFound()
}

/** Newest first, before an id; those that have ended, too. */
export async function list(
  directory: Directory,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<AppKey[]> {
  const rest = before === undefined ? undefined : lt(appKeys.id, before)
  const rows = await directory
    .select()
    .from(appKeys)
    .where(rest)
    .orderBy(desc(appKeys.id))
    .limit(limit)
  return rows.map(toAppKey)
}

/** The id of the key that this is. Throws `unauthenticated`, and `forbidden` where it lacks the scope. */
export async function verify(
  directory: Directory,
  secret: string,
  scope: Scope,
  now: number,
): Promise<string> {
  const isThis = and(eq(appKeys.hash, await hashToken(secret)), isGood(now))
  const row = await directory
    .select({ id: appKeys.id, scopes: appKeys.scopes })
    .from(appKeys)
    .where(isThis)
    .get()
  if (!row) throw new ApiError('unauthenticated', 'This app key is none, or has ended.')
  if (row.scopes.split(',').includes(scope)) return row.id
  throw new ApiError('forbidden', `This takes an app key with the scope ${scope}.`)
}

/**
 * The user whom keys call by a subject, whom no one else is. Throws `forbidden` for site staff, whom no key acts for. Undefined
 * for a subject that no session was made for yet.
 */
export async function findUser(directory: Directory, subject: string): Promise<string | undefined> {
  const called = and(
    eq(identities.appId, DEFAULT_APP),
    eq(identities.issuer, APP_ISSUER),
    eq(identities.subject, subject),
    isNull(users.deletedAt),
  )
  const user = await directory
    .select({ id: users.id, role: users.role })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(called)
    .get()
  if (user && user.role !== 'user') {
    throw new ApiError('forbidden', 'Site staff act for themselves, and log in themselves.')
  }
  return user?.id
}

/** Whether a user is one whom keys made. */
export async function isUser(directory: Directory, userId: string): Promise<boolean> {
  const made = and(eq(identities.userId, userId), eq(identities.issuer, APP_ISSUER))
  return (
    (await directory.select({ id: identities.userId }).from(identities).where(made).get()) !==
    undefined
  )
}

const notFound = () => new ApiError('not_found', 'There is no such app key.')

const toAppKey = (row: typeof appKeys.$inferSelect): AppKey => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes.split(',') as Scope[],
  createdBy: row.createdBy,
  createdAt: iso(row.createdAt),
  overlapUntil: row.expiresAt === null ? null : iso(row.expiresAt),
  revokedAt: row.revokedAt === null ? null : iso(row.revokedAt),
})
