import type { Directory } from '../directory/directory'
import type { Profile } from '../directory/profiles'
import * as profiles from '../directory/profiles'
import { ApiError } from '../errors'
import * as members from './members'

/** Reads who a stranger is, once for all that they send meanwhile. Members are known and cost nothing. */
export class Admission {
  #pending = new Map<string, Promise<Profile>>()

  constructor(
    private readonly sql: SqlStorage,
    private readonly directory: Directory,
  ) {}

  /** undefined for members; throws as `read` does. */
  async profileOf(userId: string): Promise<Profile | undefined> {
    if (members.find(this.sql, userId)?.role) return undefined
    const pending = this.#pending.get(userId) ?? read(this.directory, userId)
    this.#pending.set(userId, pending)
    return pending.finally(() => this.#pending.delete(userId))
  }
}

/** Throws `unauthenticated` for a user who does not exist, `too_many`, `unavailable` while the directory is down. */
export async function read(directory: Directory, userId: string): Promise<Profile> {
  const profile = await profiles.entrant(directory, userId).catch((error: unknown) => {
    if (error instanceof ApiError) throw error
    console.error({ level: 'error', work: 'profile of a stranger', message: String(error) })
    throw new ApiError('unavailable', 'Joining is not possible right now.', { retryAfter: 1 })
  })
  if (profile) return profile
  throw new ApiError('unauthenticated', 'This account no longer exists.')
}
