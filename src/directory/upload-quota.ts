import { and, eq, gte, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { users } from './schema'

const DAY_MS = 24 * 60 * 60_000

/** An upload of `bytes`, which counts against the `perDay` bytes of the UTC day that `now` is in. */
export interface QuotaUse {
  userId: string
  bytes: number
  perDay: number
  now: number
}

/** Spends the bytes, then runs `work`, and refunds them if it fails. Throws `rate_limited` without running it. */
export async function spendDuring<T>(
  directory: Directory,
  use: QuotaUse,
  work: () => Promise<T>,
): Promise<T> {
  await spend(directory, use)
  try {
    return await work()
  } catch (error) {
    await refund(directory, use)
    throw error
  }
}

/** Returns bytes to the quota of the day that `now` is in, because they are not stored. */
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
  throw new ApiError(
    'rate_limited',
    `You can upload ${perDay} bytes a day. Try again after midnight UTC.`,
    {
      retryAfter,
      policy: { name: 'media_bytes', quota: perDay, seconds: DAY_MS / 1000, isExact: true },
    },
  )
}

const dayOf = (now: number) => Math.floor(now / DAY_MS)
