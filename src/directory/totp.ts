import { and, eq, isNotNull, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { drawCodes } from '../auth/recovery-codes'
import { type SealedSecret, seal, unseal } from '../auth/sealed-secrets'
import { type Secrets, signingKey } from '../auth/tokens'
import { newSecret, stepOf } from '../auth/totp'
import { ApiError } from '../errors'
import type { Directory } from './database'
import * as recoveryCodes from './recovery-codes'
import { totp, users } from './schema'

/** As many wrong codes in `TRIES_MS` are refused without a look at the next. Only who knows the password gets to try one. */
export const MAX_TRIES = 10
const TRIES_MS = 60 * 60_000
/** How many secrets one sweep encrypts anew. */
const SLICE = 100

const isOf = (userId: string) => eq(totp.userId, userId)

/** The statement that selects the confirmed secret of a user. */
export const confirmedOf = (directory: Directory, userId: string) =>
  directory
    .select({ userId: totp.userId })
    .from(totp)
    .where(and(isOf(userId), isNotNull(totp.confirmedAt)))

/** Whether log-ins by a password ask for a code. */
export const isOn = async (directory: Directory, userId: string): Promise<boolean> =>
  (await confirmedOf(directory, userId).get()) !== undefined

/**
 * Draws a secret for an authenticator app; until a code confirms it, another one takes its place. Throws `conflict` where one is
 * confirmed, and for a user without a password, which is what codes protect.
 */
export async function begin(
  directory: Directory,
  userId: string,
  secrets: Secrets,
  now: number,
): Promise<string> {
  const plain = newSecret()
  const { secret, keyId } = await seal(secrets, { owner: userId, plain })
  const begun = await directory
    .insert(totp)
    .select(
      sql`select ${users.id}, ${secret}, ${keyId}, ${now}, null, 0, 0, 0 from ${users}
        where ${users.id} = ${userId} and ${users.deletedAt} is null and ${users.passwordHash} is not null`,
    )
    .onConflictDoUpdate({
      target: totp.userId,
      set: { secret, keyId, createdAt: now },
      setWhere: isNull(totp.confirmedAt),
    })
    .returning({ userId: totp.userId })
    .get()
  if (begun) return plain
  if (await isOn(directory, userId)) throw new ApiError('conflict', 'Codes are on already.')
  throw new ApiError('conflict', 'Codes protect a password, and you have none.')
}

/**
 * Turns codes on, by one of them, and returns the recovery codes. Throws `wrong_code`, and `conflict` where nothing was begun or
 * another request was first.
 */
export async function confirm(
  directory: Directory,
  userId: string,
  code: string,
  { secrets, now }: { secrets: Secrets; now: number },
): Promise<string[]> {
  const pending = and(isOf(userId), isNull(totp.confirmedAt))
  const row = await directory.select().from(totp).where(pending).get()
  if (!row) throw notBegun()
  const lastStep = await stepIn(row, code, secrets, now)
  if (lastStep === undefined) throw wrongCode()
  const codes = drawCodes()
  const isStillThis = and(pending, eq(totp.secret, row.secret)) as SQL
  const [, , confirmed] = await directory.batch([
    ...(await recoveryCodes.replace(directory, userId, codes, isStillThis)),
    directory
      .update(totp)
      .set({ confirmedAt: now, lastStep, tries: 0 })
      .where(isStillThis)
      .returning({ userId: totp.userId }),
  ])
  if (confirmed.length === 0) throw notBegun()
  return codes
}

/**
 * Takes a code, once. A code is counted before it is looked at, so that many at the same time are no more tries. Throws
 * `wrong_code`, `rate_limited`, and `gone` where codes are off.
 */
export async function spendCode(
  directory: Directory,
  userId: string,
  code: string,
  { secrets, now }: { secrets: Secrets; now: number },
): Promise<void> {
  const on = and(isOf(userId), isNotNull(totp.confirmedAt))
  const isOver = lte(totp.triedSince, now - TRIES_MS)
  const row = await directory
    .update(totp)
    .set({
      tries: sql`iif(${isOver}, 1, ${totp.tries} + 1)`,
      triedSince: sql`iif(${isOver}, ${now}, ${totp.triedSince})`,
    })
    .where(and(on, or(isOver, lt(totp.tries, MAX_TRIES))))
    .returning()
    .get()
  if (!row) throw await refusal(directory, on, now)
  const step = await stepIn(row, code, secrets, now)
  if (step === undefined) throw wrongCode()
  const spent = await directory
    .update(totp)
    .set({ lastStep: step, tries: 0 })
    .where(and(on, eq(totp.secret, row.secret), lt(totp.lastStep, step)))
    .returning({ userId: totp.userId })
    .get()
  if (!spent) throw wrongCode()
}

/** Turns codes off, with the recovery codes. Returns whether they were on. */
export async function remove(directory: Directory, userId: string): Promise<boolean> {
  const wasOn = await isOn(directory, userId)
  await directory.batch(forget(directory, userId))
  return wasOn
}

/** Replaces the recovery codes. Throws `conflict` where codes are off. */
export async function renewCodes(directory: Directory, userId: string): Promise<string[]> {
  const codes = drawCodes()
  const on = and(isOf(userId), isNotNull(totp.confirmedAt)) as SQL
  const [, made] = await directory.batch(await recoveryCodes.replace(directory, userId, codes, on))
  if (made.length === 0)
    throw new ApiError('conflict', 'Recovery codes go with codes: turn them on.')
  return codes
}

/** Turns codes off for somebody who has lost them. Throws `forbidden` for oneself, `not_found`. */
export async function reset(
  directory: Directory,
  { by, userId }: { by: string; userId: string },
): Promise<void> {
  if (by === userId) throw new ApiError('forbidden', 'Prove who you are and turn yours off.')
  if (!(await remove(directory, userId))) {
    throw new ApiError('not_found', 'There is no such user, or they have no second factor.')
  }
}

/** The statements that delete what a user's second factor is made of. */
export const forget = (directory: Directory, userId: string, condition?: SQL) =>
  [
    directory.delete(totp).where(and(isOf(userId), condition)),
    recoveryCodes.forget(directory, userId, condition),
  ] as const

/**
 * Encrypts secrets anew that need the secret of the service before the current one. Without the one before nothing can be done:
 * those who were left behind use a recovery code. Returns whether there may be more.
 */
export async function resealSlice(directory: Directory, secrets: Secrets): Promise<boolean> {
  if (secrets[1] === undefined) return false
  const { kid } = await signingKey(secrets[0])
  const { kid: before } = await signingKey(secrets[1])
  const rows = await directory
    .select()
    .from(totp)
    .where(and(eq(totp.keyId, before), ne(totp.keyId, kid)))
    .limit(SLICE)
  for (const row of rows) {
    const plain = await unseal(secrets, { owner: row.userId, sealed: row })
    if (plain === undefined) continue
    const sealed = await seal(secrets, { owner: row.userId, plain })
    await directory
      .update(totp)
      .set(sealed)
      .where(and(isOf(row.userId), eq(totp.secret, row.secret)))
  }
  return rows.length === SLICE
}

async function stepIn(
  row: SealedSecret & { userId: string },
  code: string,
  secrets: Secrets,
  now: number,
): Promise<number | undefined> {
  const plain = await unseal(secrets, { owner: row.userId, sealed: row })
  return plain === undefined ? undefined : stepOf(plain, code, now)
}

async function refusal(directory: Directory, on: SQL | undefined, now: number): Promise<ApiError> {
  const row = await directory.select({ since: totp.triedSince }).from(totp).where(on).get()
  if (!row) return new ApiError('gone', 'Your account asks for no code any more. Log in again.')
  const seconds = Math.ceil((row.since + TRIES_MS - now) / 1000)
  return new ApiError(
    'rate_limited',
    'Too many wrong codes. Use a recovery code, or try again later.',
    {
      retryAfter: Math.max(1, seconds),
      policy: { name: 'codes', quota: MAX_TRIES, seconds: TRIES_MS / 1000, isExact: true },
    },
  )
}

const notBegun = () =>
  new ApiError('conflict', 'There is nothing to confirm. Ask for a secret, then send its code.')

export const wrongCode = () =>
  new ApiError('wrong_code', 'The code is wrong or was used before. Wait for the next one.')
