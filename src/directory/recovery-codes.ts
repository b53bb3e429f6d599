import { and, count, eq, exists, type SQL, sql } from 'drizzle-orm'
import { hashCode } from '../auth/recovery-codes'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { recoveryCodes, totp } from './schema'

const isOf = (userId: string) => eq(recoveryCodes.userId, userId)

/** The statements that put codes in the place of those that a user has, while `condition` holds of a row of `totp`. */
export async function replace(
  directory: Directory,
  userId: string,
  codes: readonly string[],
  condition: SQL,
) {
  const hashes = JSON.stringify(await Promise.all(codes.map(hashCode)))
  const holds = exists(directory.select({ userId: totp.userId }).from(totp).where(condition))
  return [
    directory.delete(recoveryCodes).where(and(isOf(userId), holds)),
    directory
      .insert(recoveryCodes)
      .select(sql`select ${userId}, value from json_each(${hashes}) where ${holds}`)
      .returning({ userId: recoveryCodes.userId }),
  ] as const
}

/** Takes a code, once: of two requests with the same one, one wins. Throws `wrong_code`. */
export async function spend(directory: Directory, userId: string, code: string): Promise<void> {
  const spent = await directory
    .delete(recoveryCodes)
    .where(and(isOf(userId), eq(recoveryCodes.hash, await hashCode(code))))
    .returning({ userId: recoveryCodes.userId })
    .get()
  if (!spent) throw new ApiError('wrong_code', 'There is no such recovery code, or it was used.')
}

/** How many codes a user has left. */
export async function countLeft(directory: Directory, userId: string): Promise<number> {
  const row = await directory.select({ n: count() }).from(recoveryCodes).where(isOf(userId)).get()
  return row?.n ?? 0
}

/** The statement that deletes a user's codes. */
export const forget = (directory: Directory, userId: string, condition?: SQL) =>
  directory.delete(recoveryCodes).where(and(isOf(userId), condition))
