import { count, eq, sql } from 'drizzle-orm'
import type { Factors } from '../schemas/factors'
import { iso } from '../schemas/primitives'
import * as accounts from './accounts'
import type { Directory } from './database'
import * as passkeys from './passkeys'
import { identities, recoveryCodes, totp } from './schema'

/** What a user can log in by. Throws `unauthenticated` if the account is deleted. */
export async function find(directory: Directory, userId: string): Promise<Factors> {
  const [row, keys, of, on] = await Promise.all([
    accounts.requireRow(directory, userId),
    passkeys.countOf(directory, userId),
    directory.select({ n: count() }).from(identities).where(eq(identities.userId, userId)).get(),
    directory
      .select({
        confirmedAt: totp.confirmedAt,
        left: sql<number>`(select count(*) from ${recoveryCodes} where ${recoveryCodes.userId} = ${userId})`,
      })
      .from(totp)
      .where(eq(totp.userId, userId))
      .get(),
  ])
  return {
    password: row.passwordHash !== null,
    passkeys: keys,
    identities: of?.n ?? 0,
    totp: on?.confirmedAt ? { since: iso(on.confirmedAt), recoveryCodes: on.left } : null,
  }
}
