/** The inbox's tables, one step per change; a step that shipped is never edited. */
const steps = [
  `
  -- Sessions that ended, until their last access token has expired. An unknown session is alive.
  create table ended (session_id text primary key, until integer not null) without rowid;
  create index ended_by_until on ended (until);
  -- The rooms in which a session opened a socket, until the token it was opened with expires.
  create table registrations (
    session_id text not null,
    room_id text not null,
    until integer not null,
    primary key (session_id, room_id)
  ) without rowid;
  create index registrations_by_until on registrations (until);
  -- The rooms that must still close the sockets of an ended session. 'calls' counts those that the room answered.
  create table closures (
    session_id text not null,
    room_id text not null,
    due_at integer not null,
    calls integer not null,
    until integer not null,
    primary key (session_id, room_id)
  ) without rowid;
  create index closures_by_due on closures (due_at);
  -- One row while the whole account has ended.
  create table account (id integer primary key check (id = 1), ended_at integer not null);
  `,
  `
  -- One row, from the first socket on.
  create table watching (
    id integer primary key check (id = 1),
    user_id text not null,
    -- The last request to be told of changes.
    epoch integer not null,
    -- The rooms that tell of changes, as a JSON array of ids.
    leases text not null,
    -- What the sockets were told of, as JSON: from a room's id to the version of what it is to the user.
    versions text not null,
    -- When all of it is compared with the directory, while a socket is open.
    compare_at integer,
    -- Whom the user blocks, as a JSON array of ids.
    blocks text not null
  );
  `,
  `
  -- One row, from the first time on that a direct peer was told, or the last socket closed.
  create table presence (
    id integer primary key check (id = 1),
    last_seen_at integer,
    -- Ids of the peers who were told that the user is online, and not yet that they are offline, as a JSON array; null for nobody.
    -- While a socket is open, some of them: the sockets keep them all.
    told text,
    -- When they are told, since no socket is open.
    due_at integer
  );
  `,
]

/** Whether anything was ever written here. An inbox that was only asked has no tables and costs nothing. */
export const exists = (sql: SqlStorage): boolean =>
  sql.exec(`select 1 from sqlite_master where type = 'table' and name = 'migrations'`).toArray()
    .length > 0

/** Applies the steps that this object has not seen. */
export function migrate(sql: SqlStorage): void {
  const done = exists(sql)
    ? sql.exec<{ count: number }>('select count(*) as count from migrations').one().count
    : 0
  if (done === steps.length) return
  sql.exec('create table if not exists migrations (step integer primary key)')
  for (const [index, step] of steps.entries()) {
    if (index < done) continue
    sql.exec(step)
    sql.exec('insert into migrations (step) values (?)', index)
  }
}
