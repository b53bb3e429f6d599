import { type RateLimit, TokenBuckets } from '../../rate-limit/token-bucket'
import * as authors from '../store/author-cache'
import * as jobs from '../store/jobs'
import * as roster from '../store/roster'
import * as sequences from '../store/sequence'
import * as settings from '../store/settings'
import { MemberCounters } from './member-counters'
import type { ReadCache } from './read-cache'

/** Rate limits of one user in one room, from the environment. */
export interface Limits {
  posts: RateLimit
  frames: RateLimit
  searches: RateLimit
}

const TYPING: RateLimit = { name: 'typing', perSecond: 1 / 5, burst: 1 }
const LIVE_EVENTS: RateLimit = { name: 'live', perSecond: 5, burst: 5 }
// Guesses at the room's password: of one user, and of all, who could share the work.
const PASSWORD_ATTEMPTS: RateLimit = { name: 'passwords', perSecond: 5 / 60, burst: 5 }
const ROOM_PASSWORD_ATTEMPTS: RateLimit = { name: 'room_passwords', perSecond: 20 / 60, burst: 20 }

/** What commands and queries work on: storage, and what memory keeps beside it. All of it can be rebuilt from storage. */
export interface RoomState {
  storage: DurableObjectStorage
  /** `storage.sql`, which most code needs. */
  sql: SqlStorage
  sequence: sequences.Sequence
  memberCounters: MemberCounters
  rates: Record<
    keyof Limits | 'typing' | 'liveEvents' | 'passwordAttempts' | 'roomPasswordAttempts',
    TokenBuckets
  >
  isDeleted: boolean
  /** null after a rollback, because the versions that it used are given out again. */
  readCache: ReadCache | null
}

/** Copies the state that a storage transaction does not cover. Returns a function that restores it after a rollback. */
export function checkpoint(state: RoomState): () => void {
  const saved = { ...state.sequence }
  return () => {
    Object.assign(state.sequence, saved)
    state.readCache = null
    authors.forgetAll(state.sql)
  }
}

export function load(storage: DurableObjectStorage, limits: Limits): RoomState {
  const { sql } = storage
  const { countedSeq, deletedAt } = settings.read(sql)
  const memberCounters = MemberCounters.load(sql, countedSeq)
  // If the last sync did not end, some read markers may not have reached the directory.
  if (jobs.has(sql, 'index')) {
    for (const userId of roster.withUnsyncedReadMarker(sql)) memberCounters.markDirty(userId)
  }
  const rates = {
    posts: new TokenBuckets(limits.posts),
    frames: new TokenBuckets(limits.frames),
    searches: new TokenBuckets(limits.searches),
    typing: new TokenBuckets(TYPING),
    liveEvents: new TokenBuckets(LIVE_EVENTS),
    passwordAttempts: new TokenBuckets(PASSWORD_ATTEMPTS),
    roomPasswordAttempts: new TokenBuckets(ROOM_PASSWORD_ATTEMPTS),
  }
  return {
    storage,
    sql,
    sequence: sequences.load(sql),
    memberCounters,
    rates,
    isDeleted: deletedAt !== null,
    readCache: null,
  }
}
