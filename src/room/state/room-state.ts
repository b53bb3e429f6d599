import { type RateLimit, TokenBuckets } from '../../rate-limit/token-bucket'
import * as authors from '../store/author-cache'
import * as jobs from '../store/jobs'
import * as members from '../store/members'
import * as sequences from '../store/sequence'
import * as settings from '../store/settings'
import { MemberCounters } from './member-counters'
import type { ReadCache } from './read-cache'

/** How often one user may do what in one room. */
export interface Limits {
  posts: RateLimit
  frames: RateLimit
  searches: RateLimit
}

const TYPING: RateLimit = { name: 'typing', perSecond: 1 / 5, burst: 1 }
// At the room's password, per user.
const TRIES: RateLimit = { name: 'passwords', perSecond: 5 / 60, burst: 5 }

/** What commands work on: storage, and what is kept in memory beside it and can be rebuilt from it. */
export interface State {
  storage: DurableObjectStorage
  /** `storage.sql`, which is what most need. */
  sql: SqlStorage
  head: sequences.Head
  activity: MemberCounters
  rates: Record<keyof Limits | 'typing' | 'tries', TokenBuckets>
  isDeleted: boolean
  /** null after a rollback: the versions it gave out are used again. */
  readCache: ReadCache | null
}

/** Remembers what storage has no transaction for, and returns what puts it back. */
export function checkpoint(state: State): () => void {
  const mark = { ...state.head }
  return () => {
    Object.assign(state.head, mark)
    state.readCache = null
    authors.forgetAll(state.sql)
  }
}

export function load(storage: DurableObjectStorage, limits: Limits): State {
  const { sql } = storage
  const { countedSeq, deletedAt } = settings.read(sql)
  const memberCounters = MemberCounters.load(sql, countedSeq)
  // A flush that never ended may have owed the index some markers.
  if (jobs.has(sql, 'index'))
    for (const userId of members.withUnsyncedReadMarker(sql)) memberCounters.touched(userId)
  const rates = {
    posts: new TokenBuckets(limits.posts),
    frames: new TokenBuckets(limits.frames),
    searches: new TokenBuckets(limits.searches),
    typing: new TokenBuckets(TYPING),
    tries: new TokenBuckets(TRIES),
  }
  return {
    storage,
    sql,
    head: sequences.load(sql),
    activity: memberCounters,
    rates,
    isDeleted: deletedAt !== null,
    readCache: null,
  }
}
