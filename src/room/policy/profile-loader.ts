import type { Directory } from '../../directory/database'
import * as dmAccess from '../../directory/dm-access'
import type { Profile } from '../../directory/profiles'
import * as profiles from '../../directory/profiles'
import { ApiError, registrationRequired } from '../../errors'
import * as readCache from '../state/read-cache'
import type { RoomState } from '../state/room-state'

// A stranger who types is looked up at most this often; so long may a suspension take to reach them.
const KEPT_MS = 5000
const MAX_KEPT = 1000

/** Loads the profile of a newcomer, once for everything they send meanwhile. Members are known and cost nothing. */
export class ProfileLoader {
  #pending = new Map<string, Promise<Profile>>()
  #kept = new Map<string, { profile: Profile; until: number }>()

  constructor(
    private readonly state: RoomState,
    private readonly directory: Directory,
  ) {}

  /** undefined for members, without waiting; otherwise throws as `loadNewcomer` does. */
  profileOf(userId: string): Promise<Profile> | undefined {
    if (readCache.cachedMember(this.state, userId)?.role) return undefined
    const pending = this.#pending.get(userId) ?? loadNewcomer(this.directory, userId)
    this.#pending.set(userId, pending)
    return pending.finally(() => this.#pending.delete(userId))
  }

  /** The same for what a stranger may repeat all the time, such as typing: as of a few seconds ago at most. */
  recentProfileOf(userId: string, now: number): Promise<Profile> | undefined {
    const kept = this.#kept.get(userId)
    if (kept && kept.until > now) return Promise.resolve(kept.profile)
    return this.profileOf(userId)?.then((profile) => {
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
      this.#kept.set(userId, { profile, until: now + KEPT_MS })
      return profile
    })
  }
}

/** Throws `unauthenticated` for a user who does not exist, `too_many`, `unavailable` while the directory is down. */
export async function loadNewcomer(directory: Directory, userId: string): Promise<Profile> {
  const profile = await profiles.findForJoin(directory, userId).catch(rethrow)
  if (profile) return profile
  throw new ApiError('unauthenticated', 'This account no longer exists.')
}

/** Loads who creates a room. Throws `registration_required` for a guest, and as `loadNewcomer` does. */
export async function loadFounder(directory: Directory, userId: string): Promise<Profile> {
  const profile = await loadNewcomer(directory, userId)
  if (profile.isGuest) throw registrationRequired('create rooms')
  return profile
}

/** Loads two people and who of them may write to the other. Throws `not_found`, `unavailable`. */
export async function loadPair(
  directory: Directory,
  userId: string,
  otherId: string,
): Promise<{ people: Profile[]; contact: dmAccess.DmAccess }> {
  const [people, found] = await Promise.all([
    profiles.find(directory, [userId, otherId]),
    dmAccess.read(directory, userId, [otherId]),
  ]).catch(rethrow)
  const contact = found.get(otherId)
  if (contact && people.length === 2) return { people, contact }
  throw new ApiError('not_found', 'There is no such user.')
}

function rethrow(error: unknown): never {
  if (error instanceof ApiError) throw error
  // A failed statement's error quotes its parameters; its cause does not.
  const { cause } = error as Error
  console.error({ level: 'error', work: 'profile-loader', message: String(cause ?? error) })
  throw new ApiError('unavailable', 'Joining is not possible right now. Try again in a moment.', {
    retryAfter: 1,
  })
}
