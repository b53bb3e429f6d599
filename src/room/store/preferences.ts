import type { Notify, StoredPreferences } from '../../schemas/preferences'
import type { Sequence } from './sequence'

/** What a member chose for themselves. */
export function read(sql: SqlStorage, userId: string): StoredPreferences {
  const row = sql
    .exec<Row>(
      'select notify, snoozed_until, favourite, archived_t from members where user_id = ?',
      userId,
    )
    .one()
  return {
    notify: row.notify as Notify | null,
    snoozedUntil: row.snoozed_until,
    isFavourite: row.favourite === 1,
    archivedT: row.archived_t,
  }
}

/** Stores it for the next sync to send. */
export function save(
  sql: SqlStorage,
  sequence: Sequence,
  userId: string,
  { notify, snoozedUntil, isFavourite, archivedT }: StoredPreferences,
): void {
  sequence.version += 1
  sql.exec(
    `update members set notify = ?, snoozed_until = ?, favourite = ?, archived_t = ?, version = ?
    where user_id = ?`,
    notify,
    snoozedUntil,
    Number(isFavourite),
    archivedT,
    sequence.version,
    userId,
  )
}

type Row = {
  notify: string | null
  snoozed_until: number | null
  favourite: number
  archived_t: number | null
}
