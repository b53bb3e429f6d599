import { Activity } from './activity'
import * as head from './head'
import * as settings from './settings'

/** What commands work on: storage, and what is kept in memory beside it and can be rebuilt from it. */
export interface State {
  sql: SqlStorage
  head: head.Head
  activity: Activity
}

export function load(sql: SqlStorage): State {
  return { sql, head: head.load(sql), activity: Activity.load(sql, settings.read(sql).countedSeq) }
}
