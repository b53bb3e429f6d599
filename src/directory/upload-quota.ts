import { and, eq, gte, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { users } from './schema'

const DAY_MS = 24 * 60 * 60_000

/** So many bytes of someone, and how many they have a day (UTC). `now` is the day that they count in. */
export interface QuotaUse {
  userId: string
  bytes: number
  perDay: number
  now: number
}

/** Does what stores the bytes; should it fail, they do not count. Throws `rate_limited` before it. */
export async function spendDuring<T>(
  directory: Directory,
  spent: QuotaUse,
  work: () => Promise<T>,
): Promise<T> {
  await spend(directory, spent)
  try {
    return await work()
  } catch (error) {
    await refund(directory, spent)
    throw error
  }
}

/** Gives back what is not stored after all. */
export async function refund(
  directory: Directory,
  { userId, bytes, now }: Omit<QuotaUse, 'perDay'>,
): Promise<void> {
  await directory
    .update(users)
    .set({ uploadedBytes: sql`max(0, ${users.uploadedBytes} - ${bytes})` })
    .where(and(eq(users.id, userId), eq(users.uploadedDay, dayOf(now))))
}

async function spend(
  directory: Directory,
  { userId, bytes, perDay, now }: QuotaUse,
): Promise<void> {
  const day = dayOf(now)
  const today = sql`iif(${users.uploadedDay} = ${day}, ${users.uploadedBytes}, 0)`
  const row = await directory
    .update(users)
    .set({ uploadedDay: day, uploadedBytes: sql`${today} + ${bytes}` })
    .where(and(eq(users.id, userId), gte(sql`${perDay - bytes}`, today)))
    .returning({ id: users.id })
    .get()
  if (row) return
  const retryAfter = Math.ceil(((day + 1) * DAY_MS - now) / 1000)
  throw new ApiError('rate_limited', `One uploads at most ${perDay} bytes a day.`, {
    retryAfter,
    policy: { name: 'media_bytes', quota: perDay, seconds: DAY_MS / 1000, isExact: true },
  })
}

const dayOf = (now: number) => Math.floor(now / DAY_MS)
