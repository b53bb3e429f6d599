import { and, count, desc, eq, exists, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { type AnsweredChallenge, refused, type StoredPasskey } from '../auth/passkeys'
import { DEFAULT_APP } from '../auth/tokens'
import { ApiError } from '../errors'
import type { Passkey } from '../schemas/passkeys'
import { iso } from '../schemas/primitives'
import type { Directory } from './database'
import { canLogIn, identities, passkeys, spentChallenges, users } from './schema'

/** How many passkeys a user may have. */
export const MAX_PASSKEYS = 20

interface NewPasskey extends StoredPasskey {
  id: string
  userId: string
  synced: boolean
  transports: readonly string[]
  name: string
}

const isOf = (userId: string) => eq(passkeys.userId, userId)
const isOne = (userId: string, id: string) => and(isOf(userId), eq(passkeys.id, id))

/** Adds a passkey. Throws `conflict` for one that is there already, `too_many`, `unauthenticated`. */
export async function add(directory: Directory, input: NewPasskey, now: number): Promise<Passkey> {
  const { id, userId, credentialId, publicKey, counter, synced, name } = input
  const transports = input.transports.join(',')
  const count = sql`(select count(*) from ${passkeys} where ${isOf(userId)})`
  const row = await directory
    .insert(passkeys)
    .select(
      sql`select ${id}, ${DEFAULT_APP}, ${users.id}, ${credentialId}, ${publicKey}, ${counter}, ${transports},
        ${synced ? 1 : 0}, ${name}, ${now}, null from ${users}
        where ${users.id} = ${userId} and ${users.deletedAt} is null and ${count} < ${MAX_PASSKEYS}`,
    )
    .onConflictDoNothing()
    .returning()
    .get()
  if (row) return toPasskey(row)
  if ((await countOf(directory, userId)) >= MAX_PASSKEYS) {
    throw new ApiError('too_many', `You have ${MAX_PASSKEYS} passkeys. Remove one first.`)
  }
  throw new ApiError('conflict', 'This passkey is there already.')
}

/** How many passkeys a user has. */
export async function countOf(directory: Directory, userId: string): Promise<number> {
  const row = await directory.select({ n: count() }).from(passkeys).where(isOf(userId)).get()
  return row?.n ?? 0
}

/** Latest first, before an id. */
export async function list(
  directory: Directory,
  userId: string,
  { limit, before }: { limit: number; before: string | undefined },
): Promise<Passkey[]> {
  const rest = before === undefined ? undefined : lt(passkeys.id, before)
  const rows = await directory
    .select()
    .from(passkeys)
    .where(and(isOf(userId), rest))
    .orderBy(desc(passkeys.id))
    .limit(limit)
  return rows.map(toPasskey)
}

/** What a browser finds a user's passkeys by. */
export async function describe(directory: Directory, userId: string) {
  const rows = await directory
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(isOf(userId))
  return rows.map(({ id, transports }) => ({
    id,
    type: 'public-key' as const,
    transports: transports.split(',').filter((transport) => transport !== ''),
  }))
}

/** The passkey that an authenticator calls so, of an account that is not deleted. Throws `passkey_refused`. */
export async function findByCredential(directory: Directory, credentialId: string) {
  const row = await directory
    .select({ passkey: passkeys })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(
      and(
        eq(passkeys.appId, DEFAULT_APP),
        eq(passkeys.credentialId, credentialId),
        canLogIn(users),
      ),
    )
    .get()
  if (!row) throw refused()
  return row.passkey
}

/**
 * Records that a passkey was used. Throws `passkey_refused` for a challenge that was answered before, and where the counter has not
 * grown meanwhile: then there are two authenticators with one key.
 */
export async function recordUse(
  directory: Directory,
  id: string,
  { counter, challenge }: { counter: number; challenge: AnsweredChallenge },
  now: number,
): Promise<void> {
  await spend(directory, challenge)
  const hasGrown = or(
    lt(passkeys.counter, counter),
    and(eq(passkeys.counter, 0), sql`${counter} = 0`),
  )
  const used = await directory
    .update(passkeys)
    .set({ counter, lastUsedAt: now })
    .where(and(eq(passkeys.id, id), hasGrown))
    .returning({ id: passkeys.id })
    .get()
  if (!used) throw refused()
}

/** Takes the answer to a challenge, once. Throws `passkey_refused`. */
export async function spend(directory: Directory, challenge: AnsweredChallenge): Promise<void> {
  const spent = await directory
    .insert(spentChallenges)
    .values(challenge)
    .onConflictDoNothing()
    .returning({ id: spentChallenges.id })
    .get()
  if (!spent) throw refused()
}

/** Forgets challenges that have ended. */
export async function sweep(directory: Directory, now: number): Promise<void> {
  await directory.delete(spentChallenges).where(lt(spentChallenges.until, now))
}

/** Throws `not_found`. */
export async function rename(
  directory: Directory,
  { userId, id }: { userId: string; id: string },
  name: string,
): Promise<Passkey> {
  const row = await directory
    .update(passkeys)
    .set({ name })
    .where(isOne(userId, id))
    .returning()
    .get()
  if (!row) throw notFound()
  return toPasskey(row)
}

/**
 * Removes a passkey and returns its name. The statement requires another way in, so of two requests that remove the last two one is refused. Throws
 * `last_credential`, `not_found`.
 */
export async function remove(
  directory: Directory,
  { userId, id }: { userId: string; id: string },
): Promise<{ name: string }> {
  const removed = await directory
    .delete(passkeys)
    .where(and(isOne(userId, id), hasOtherWayIn(directory, userId, id)))
    .returning({ name: passkeys.name })
    .get()
  if (removed) return removed
  const row = await directory
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(isOne(userId, id))
    .get()
  if (!row) throw notFound()
  throw new ApiError('last_credential', 'Add another passkey or set a password first.')
}

const hasOtherWayIn = (directory: Directory, userId: string, id: string) =>
  or(
    exists(
      directory
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.id, userId), isNotNull(users.passwordHash))),
    ),
    exists(
      directory
        .select({ id: identities.userId })
        .from(identities)
        .where(eq(identities.userId, userId)),
    ),
    sql`exists (select 1 from ${passkeys} other where other.user_id = ${userId} and other.id <> ${id})`,
  )

/** The statement that forgets a user's passkeys. */
export const forget = (directory: Directory, userId: string, condition?: SQL) =>
  directory.delete(passkeys).where(and(isOf(userId), condition))

const notFound = () => new ApiError('not_found', 'You have no such passkey.')

const toPasskey = (row: typeof passkeys.$inferSelect): Passkey => ({
  id: row.id,
  name: row.name,
  createdAt: iso(row.createdAt),
  lastUsedAt: row.lastUsedAt === null ? null : iso(row.lastUsedAt),
  synced: row.synced,
})
