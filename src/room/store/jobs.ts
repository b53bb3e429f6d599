/** What an object does later: one table and one alarm, which is always the earliest job. */
export interface Job {
  kind: string
  key: string
  dueAt: number
}

/** Puts a job on the list, or moves it. */
export function schedule(
  storage: DurableObjectStorage,
  kind: string,
  key: string,
  dueAt: number,
): void {
  storage.sql.exec(
    `insert into jobs (kind, key, due_at) values (?, ?, ?)
    on conflict (kind, key) do update set due_at = excluded.due_at`,
    kind,
    key,
    dueAt,
  )
  setAlarm(storage)
}

export function cancel(storage: DurableObjectStorage, kind: string, key: string): void {
  storage.sql.exec('delete from jobs where kind = ? and key = ?', kind, key)
  setAlarm(storage)
}

/** Whether a job of this kind is on the list, due after a time. */
export function has(sql: SqlStorage, kind: string, after = -1): boolean {
  return (
    sql.exec('select 1 from jobs where kind = ? and due_at > ? limit 1', kind, after).toArray()
      .length > 0
  )
}

export function due(sql: SqlStorage, now: number): Job[] {
  return sql
    .exec<{ kind: string; key: string; due_at: number }>(
      'select * from jobs where due_at <= ?',
      now,
    )
    .toArray()
    .map((row) => ({ kind: row.kind, key: row.key, dueAt: row.due_at }))
}

// Later than the runtime's own tries of an alarm take.
const GIVEN_UP_MS = 5 * 60_000

/** Sets the alarm again where the runtime gave it up, after too many failures: the jobs are not given up. */
export function restoreAlarm(storage: DurableObjectStorage, now: number): void {
  if (due(storage.sql, now - GIVEN_UP_MS).length > 0) setAlarm(storage)
}

/** Sets the alarm to the earliest job. */
export function setAlarm(storage: DurableObjectStorage): void {
  const { at } = storage.sql.exec<{ at: number | null }>('select min(due_at) as at from jobs').one()
  if (at === null) storage.deleteAlarm()
  else storage.setAlarm(at)
}
