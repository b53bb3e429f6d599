/** Whether a session has not ended, as far as its user's inbox was told. Reads storage, so a stale object cannot answer. */
export function isAlive(sql: SqlStorage, sessionId: string): boolean {
  const { ended } = sql
    .exec<{ ended: number }>(
      `select exists (select 1 from ended where session_id = ?) or exists (select 1 from account)
        as ended`,
      sessionId,
    )
    .one()
  return ended === 0
}

/** Records that a session is about to open a socket in a room. Times are milliseconds since the epoch. */
export function register(sql: SqlStorage, sessionId: string, roomId: string, until: number): void {
  sql.exec(
    `insert into registrations (session_id, room_id, until) values (?, ?, ?)
    on conflict (session_id, room_id) do update set until = max(until, excluded.until)`,
    sessionId,
    roomId,
    until,
  )
}

/** Ends sessions until their tokens have expired, and leaves a closure for each room that they opened sockets in. */
export function end(sql: SqlStorage, sessionIds: string[], until: number, now: number): void {
  const ids = JSON.stringify(sessionIds)
  sql.exec(
    `insert into ended (session_id, until) select value, ? from json_each(?) where true
    on conflict (session_id) do update set until = max(until, excluded.until)`,
    until,
    ids,
  )
  close(sql, 'session_id in (select value from json_each(?))', [ids], until, now)
}

/** Ends the account: no session of it is alive from now on. */
export function endAccount(sql: SqlStorage, until: number, now: number): void {
  sql.exec('insert or ignore into account (id, ended_at) values (1, ?)', now)
  close(sql, 'true', [], until, now)
}

function close(sql: SqlStorage, where: string, ids: string[], until: number, now: number): void {
  sql.exec(
    `insert into closures (session_id, room_id, due_at, calls, until)
    select session_id, room_id, ?, 0, ? from registrations where ${where}
    on conflict (session_id, room_id) do update set due_at = excluded.due_at, calls = 0`,
    now,
    until,
    ...ids,
  )
  sql.exec(`delete from registrations where ${where}`, ...ids)
}

/** A room that must close the sockets of a session. */
export interface Closure {
  sessionId: string
  roomId: string
  calls: number
}

export const dueClosures = (sql: SqlStorage, now: number, limit: number): Closure[] =>
  sql
    .exec<{ session_id: string; room_id: string; calls: number }>(
      'select session_id, room_id, calls from closures where due_at <= ? order by due_at limit ?',
      now,
      limit,
    )
    .toArray()
    .map((row) => ({ sessionId: row.session_id, roomId: row.room_id, calls: row.calls }))

/** Moves a closure to when it is due next. */
export function postpone(sql: SqlStorage, closure: Closure, dueAt: number): void {
  sql.exec(
    'update closures set due_at = ?, calls = ? where session_id = ? and room_id = ?',
    dueAt,
    closure.calls,
    closure.sessionId,
    closure.roomId,
  )
}

export function removeClosure(sql: SqlStorage, { sessionId, roomId }: Closure): void {
  sql.exec('delete from closures where session_id = ? and room_id = ?', sessionId, roomId)
}

/** Forgets what no valid token can need any more. */
export function sweep(sql: SqlStorage, now: number): void {
  for (const table of ['ended', 'registrations', 'closures']) {
    sql.exec(`delete from ${table} where until <= ?`, now)
  }
}

/** When the next closure is due, and when the next row can be swept; null when there is none. */
export const nextTimes = (sql: SqlStorage): { closure: number | null; sweep: number | null } =>
  sql
    .exec<{ closure: number | null; sweep: number | null }>(
      `select (select min(due_at) from closures) as closure,
        min(coalesce((select min(until) from ended), 9e15),
          coalesce((select min(until) from registrations), 9e15)) as sweep`,
    )
    .one()
