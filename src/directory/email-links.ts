import { and, eq, exists, gt, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { DEFAULT_APP, hashToken, newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { emailCounts, emailLinks, users } from './schema'

/** How long a link works. */
export const LINK_MS = 60 * 60_000
/** How many links of one purpose a user is sent in an hour, and how many one address. */
export const MAX_LINKS = 5
const WINDOW_MS = 60 * 60_000

type Purpose = (typeof emailLinks.$inferSelect)['purpose']

/** To whom a link is sent. */
export interface Recipient {
  userId: string
  username: string
  email: string
}

/** A link that is to be sent now. */
export interface Link extends Recipient {
  token: string
}

const columns = { userId: users.id, username: users.username, email: users.email }
type Row = { userId: string; username: string | null; email: string | null }

const toRecipient = (row: Row | undefined): Recipient | undefined =>
  row && row.username !== null && row.email !== null
    ? { userId: row.userId, username: row.username, email: row.email }
    : undefined

/** The user who has verified an address, or who has the username and a verified address. Undefined for nobody. */
export async function findVerified(
  directory: Directory,
  { username, email }: { username?: string | undefined; email?: string | undefined },
): Promise<Recipient | undefined> {
  const named = email === undefined ? eq(users.username, username ?? '') : eq(users.email, email)
  const verified = and(eq(users.appId, DEFAULT_APP), named, isNotNull(users.emailVerifiedAt))
  return toRecipient(await directory.select(columns).from(users).where(verified).get())
}

/** A user with their verified address. Undefined for one who has none. */
export async function findVerifiedOf(
  directory: Directory,
  userId: string,
): Promise<Recipient | undefined> {
  const verified = and(eq(users.id, userId), isNotNull(users.emailVerifiedAt))
  return toRecipient(await directory.select(columns).from(users).where(verified).get())
}

/** The user whose address is not verified yet. Undefined for one who has none, or has verified it. */
export async function findUnverified(
  directory: Directory,
  userId: string,
): Promise<Recipient | undefined> {
  const unverified = and(
    eq(users.id, userId),
    isNull(users.emailVerifiedAt),
    isNull(users.deletedAt),
  )
  return toRecipient(await directory.select(columns).from(users).where(unverified).get())
}

/**
 * Makes a link, which ends the one before. Undefined where the user or the address was sent too many, or there is nobody: by the
 * same statements, so that nothing tells who is known.
 */
export async function issue(
  directory: Directory,
  purpose: Purpose,
  recipient: Recipient | undefined,
  now: number,
): Promise<Link | undefined> {
  const { userId, email } = recipient ?? { userId: '', email: '' }
  const token = newToken()
  const [hash, address] = await Promise.all([hashToken(token), hashToken(email)])
  const isSame = and(eq(users.id, userId), eq(users.email, email))
  const isCounted = exists(
    directory
      .select({ one: sql`1` })
      .from(emailCounts)
      .where(and(eq(emailCounts.address, address), eq(emailCounts.latest, hash))),
  )
  const [, [issued]] = await directory.batch([
    directory
      .insert(emailCounts)
      .select(sql`select ${address}, ${now}, 1, ${hash} from ${users} where ${isSame}`)
      .onConflictDoUpdate({
        target: emailCounts.address,
        set: { ...sentAgain(emailCounts, now), latest: hash },
        setWhere: maySendAgain(emailCounts, now),
      }),
    directory
      .insert(emailLinks)
      .select(
        sql`select ${users.id}, ${purpose}, ${hash}, ${users.email}, ${now + LINK_MS}, ${now}, 1
          from ${users} where ${isSame} and ${isCounted}`,
      )
      .onConflictDoUpdate({
        target: [emailLinks.userId, emailLinks.purpose],
        set: { ...sentAgain(emailLinks, now), hash, email, until: now + LINK_MS },
        setWhere: maySendAgain(emailLinks, now),
      })
      .returning({ userId: emailLinks.userId }),
  ])
  return recipient && issued ? { ...recipient, token } : undefined
}

type Counted = typeof emailLinks | typeof emailCounts

const isOver = ({ sentSince }: Counted, now: number) => sql`${sentSince} <= ${now - WINDOW_MS}`

const maySendAgain = (table: Counted, now: number) =>
  sql`${table.sent} < ${MAX_LINKS} or ${isOver(table, now)}`

const sentAgain = (table: Counted, now: number) => ({
  sentSince: sql`iif(${isOver(table, now)}, ${now}, ${table.sentSince})`,
  sent: sql`iif(${isOver(table, now)}, 1, ${table.sent} + 1)`,
})

/** SQL condition on `users`: the link of this hash is good for the user, who still has the address it was sent to. */
export const isGood = (directory: Directory, purpose: Purpose, hash: string, now: number): SQL =>
  exists(
    directory
      .select({ one: sql`1` })
      .from(emailLinks)
      .where(
        and(
          eq(emailLinks.hash, hash),
          eq(emailLinks.userId, users.id),
          eq(emailLinks.purpose, purpose),
          eq(emailLinks.email, users.email),
          gt(emailLinks.until, now),
        ),
      ),
  )

/** The statement that makes a link of a user one that was used. */
export const use = (directory: Directory, userId: string, hash: string) =>
  directory
    .update(emailLinks)
    .set({ hash: null })
    .where(and(eq(emailLinks.hash, hash), eq(emailLinks.userId, userId)))

/** The statement that forgets what a user was sent, once the account is deleted. */
export const forget = (directory: Directory, userId: string, isDeleted: SQL) =>
  directory.delete(emailLinks).where(and(eq(emailLinks.userId, userId), isDeleted))

/** Forgets links that have ended and counts that are over. */
export async function sweep(directory: Directory, now: number): Promise<void> {
  await directory.batch([
    directory.delete(emailLinks).where(lte(emailLinks.until, now)),
    directory.delete(emailCounts).where(lte(emailCounts.sentSince, now - WINDOW_MS)),
  ])
}

export const linkGone = () =>
  new ApiError(
    'gone',
    'This link was used before, has been replaced by a newer one, or is older than an hour. Ask for a new one.',
  )
