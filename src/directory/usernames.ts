import { createHash } from 'node:crypto'
import { eq, exists, sql } from 'drizzle-orm'
import { adjectives, animals, NumberDictionary, uniqueNamesGenerator } from 'unique-names-generator'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { reservedUsernames } from './schema'

/** A readable username of at most 32 characters. It may be taken. */
export const generate = (): string =>
  uniqueNamesGenerator({
    dictionaries: [adjectives, animals, NumberDictionary.generate({ min: 10, max: 99 })],
    separator: '_',
  })

/** A name as search compares it: case and Unicode compatibility forms do not matter. */
export const fold = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC')

/** What is stored of a deleted account's username: SHA-256, base64url. */
export const hash = (username: string): string =>
  createHash('sha256').update(username).digest('base64url')

/** SQL condition: the username belonged to a deleted account. */
export const isReservedCondition = (directory: Directory, username: string) =>
  exists(reservation(directory, username))

export async function isReserved(directory: Directory, username: string): Promise<boolean> {
  return (await reservation(directory, username).get()) !== undefined
}

/** Turns the error of a unique index into `username_taken`. Returns any other error as it is. */
export function toTakenProblem(error: unknown): unknown {
  const isTaken = /UNIQUE constraint failed:.*\busers\.username/.test(rootOf(error))
  return isTaken ? usernameTakenProblem() : error
}

export const usernameTakenProblem = () =>
  new ApiError('username_taken', 'This username is in use, or was before. Choose another one.')

const reservation = (directory: Directory, username: string) =>
  directory
    .select({ one: sql`1` })
    .from(reservedUsernames)
    .where(eq(reservedUsernames.hash, hash(username)))

// The root cause is the message of the database. The errors that wrap it quote the parameters.
function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return error.cause instanceof Error ? rootOf(error.cause) : error.message
}
