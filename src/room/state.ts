import { Activity } from './activity'
import * as head from './head'
import * as jobs from './jobs'
import * as members from './members'
import { Buckets, type Rate } from './rates'
import * as settings from './settings'

/** How often one user may do what in one room. */
export interface Limits {
  posts: Rate
  frames: Rate
}

const TYPING: Rate = { perSecond: 1 / 5, burst: 1 }

/** What commands work on: storage, and what is kept in memory beside it and can be rebuilt from it. */
export interface State {
  sql: SqlStorage
  head: head.Head
  activity: Activity
  rates: Record<keyof Limits | 'typing', Buckets>
}

export function load(sql: SqlStorage, limits: Limits): State {
  const activity = Activity.load(sql, settings.read(sql).countedSeq)
  // A flush that never ended may have owed the index some markers.
  if (jobs.has(sql, 'index')) for (const userId of members.marked(sql)) activity.touched(userId)
  const rates = {
    posts: new Buckets(limits.posts),
    frames: new Buckets(limits.frames),
    typing: new Buckets(TYPING),
  }
  return { sql, head: head.load(sql), activity, rates }
}
