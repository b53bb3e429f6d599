import * as members from '../store/members'
import type { Sequence } from '../store/sequence'
import * as settings from '../store/settings'

/** A member without the counters that change as they read and write. */
export type CachedMember = Omit<
  members.MemberRecord,
  'postedAt' | 'readSeq' | 'readN' | 'readT' | 'sentCount' | 'visitedAt' | 'version' | 'marks'
>

/** The settings without the counters that change with every sync. */
export type CachedSettings = Omit<settings.Settings, 'version' | 'countedSeq'>

/** The settings, and the members looked up so far, as read at one point of the room's sequence. */
export interface ReadCache {
  /** The version and the number of events (posts not counted) when it was read: a change to anything cached moves one of the two. */
  version: number
  events: number
  settings: CachedSettings
  /** undefined: a user who never was a member. */
  membersById: Map<string, CachedMember | undefined>
}

/** The part of the room's state that the cache works on. */
interface Cached {
  sql: SqlStorage
  sequence: Sequence
  readCache: ReadCache | null
}

const MAX_MEMBERS = 1000

export const cachedSettings = (state: Cached): CachedSettings => current(state).settings

/** A current or former member. */
export function cachedMember(state: Cached, userId: string): CachedMember | undefined {
  const { membersById: people } = current(state)
  if (people.has(userId)) return people.get(userId)
  const member = members.find(state.sql, userId)
  if (people.size >= MAX_MEMBERS) people.clear()
  people.set(userId, member)
  return member
}

/** Runs work that moves the version but changes nothing cached here, and keeps the cache valid. */
export function preserveCache(state: Cached, work: () => void): void {
  const preserved = state.readCache && isCurrent(state.readCache, state) ? state.readCache : null
  work()
  if (preserved) preserved.version = state.sequence.version
}

function current(state: Cached): ReadCache {
  const { readCache } = state
  if (readCache && isCurrent(readCache, state)) return readCache
  const { version, seq, n } = state.sequence
  const fresh: ReadCache = {
    version,
    events: seq - n,
    settings: settings.read(state.sql),
    membersById: new Map(),
  }
  state.readCache = fresh
  return fresh
}

const isCurrent = ({ version, events }: ReadCache, { sequence }: Cached): boolean =>
  version === sequence.version && events === sequence.seq - sequence.n
