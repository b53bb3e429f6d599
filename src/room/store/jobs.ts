/** Work for later. An object has only one alarm, so the jobs are a table and the alarm is set to the earliest. */
export interface Job {
  kind: string
  key: string
  dueAt: number
}

/** Schedules a job, or moves it if it is scheduled already. */
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

/** Whether a job of this kind is scheduled for later than `after`. */
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

// Longer than the runtime's own retries of a failing alarm take.
const ABANDONED_MS = 5 * 60_000

/** Sets the alarm again if the runtime gave it up after too many failures. Jobs are never given up. */
export function restoreAlarm(storage: DurableObjectStorage, now: number): void {
  if (due(storage.sql, now - ABANDONED_MS).length > 0) setAlarm(storage)
}

/** Sets the alarm to the earliest job. */
export function setAlarm(storage: DurableObjectStorage): void {
  const { at } = storage.sql.exec<{ at: number | null }>('select min(due_at) as at from jobs').one()
  if (at === null) storage.deleteAlarm()
  else storage.setAlarm(at)
}
