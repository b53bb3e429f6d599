import { createHash } from 'node:crypto'
import { eq, exists, sql } from 'drizzle-orm'
import { adjectives, animals, NumberDictionary, uniqueNamesGenerator } from 'unique-names-generator'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { reservedUsernames } from './schema'

/** A readable username, 32 characters at most; it may be taken. */
export const generate = (): string =>
  uniqueNamesGenerator({
    dictionaries: [adjectives, animals, NumberDictionary.generate({ min: 10, max: 99 })],
    separator: '_',
  })

/** A display name as search compares it: whatever its case and compatibility forms. */
export const fold = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC')

/** What is kept of the username of a deleted account. */
export const hash = (username: string): string =>
  createHash('sha256').update(username).digest('base64url')

/** A condition: a deleted account had this username. */
export const isReservedCondition = (directory: Directory, username: string) =>
  exists(reservation(directory, username))

export async function isReserved(directory: Directory, username: string): Promise<boolean> {
  return (await reservation(directory, username).get()) !== undefined
}

/** The problem that a refusal by a unique index means; any other error stays what it is. */
export function toTakenProblem(error: unknown): unknown {
  const column = /UNIQUE constraint failed: users\.(\w+)/.exec(rootOf(error))?.[1]
  if (column === 'username') return usernameTakenProblem()
  if (column === 'email') return new ApiError('email_taken', 'Another account has this address.')
  return error
}

export const usernameTakenProblem = () =>
  new ApiError('username_taken', 'Someone has, or once had, this username.')

const reservation = (directory: Directory, username: string) =>
  directory
    .select({ one: sql`1` })
    .from(reservedUsernames)
    .where(eq(reservedUsernames.hash, hash(username)))

// Only the root says what the database said: the errors around it quote the parameters.
function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return error.cause instanceof Error ? rootOf(error.cause) : error.message
}
