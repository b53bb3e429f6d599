/** The room's tables, one step per change; a step that shipped is never edited. */
const steps = [
  `
  create table room (
    id integer primary key check (id = 1),
    room_id text not null,
    kind text not null,
    access text not null,
    listed integer not null,
    receipts text not null,
    name text,
    topic text,
    created_at integer not null,
    deleted_at integer,
    member_count integer not null,
    -- Of this row in the directory's index; every indexed row has one, from one growing counter.
    version integer not null,
    -- All rows up to this version are known to be in the index.
    indexed_version integer not null,
    -- Messages up to this seq are counted in the members' rows.
    counted_seq integer not null
  );
  create table members (
    user_id text primary key,
    username text,
    display_name text not null,
    profile_version integer not null,
    suspended_until integer,
    -- Set until a flush has read the profile back (a join may race a rename).
    unconfirmed integer not null,
    role text not null,
    joined_at integer not null,
    left_at integer,
    read_seq integer not null,
    read_n integer not null,
    -- read_n as of the last version, so that a marker costs no index row until the next flush.
    told_n integer not null,
    sent_count integer not null,
    visited_at integer not null,
    version integer not null
  ) without rowid;
  create index members_by_join on members (joined_at, user_id) where left_at is null;
  create index members_by_version on members (version);
  create table messages (
    seq integer primary key,
    n integer not null,
    author_id text not null,
    nonce text not null,
    text text,
    created_at integer not null,
    edited_at integer,
    deleted_at integer
  );
  create unique index messages_by_nonce on messages (author_id, nonce);
  create table versions (
    message_seq integer not null,
    written_at integer not null,
    text text not null,
    primary key (message_seq, written_at)
  ) without rowid;
  create table events (
    seq integer primary key,
    type text not null,
    at integer not null,
    by text not null,
    user_id text,
    from_seq integer,
    message_seq integer,
    member_count integer
  );
  -- Authors whose messages read as tombstones up to a seq while a job purges them.
  create table erasures (
    author_id text primary key,
    up_to integer not null,
    at integer not null,
    purged_to text not null
  ) without rowid;
  create table jobs (
    kind text not null,
    key text not null,
    due_at integer not null,
    primary key (kind, key)
  ) without rowid;
  `,
]

/** Whether `create` ever ran here: a room that was only asked for has no tables and costs nothing. */
export function exists(sql: SqlStorage): boolean {
  return (
    sql.exec(`select 1 from sqlite_master where type = 'table' and name = 'migrations'`).toArray()
      .length > 0
  )
}

/** Applies the steps that this object has not seen. */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage
  storage.transactionSync(() => {
    sql.exec('create table if not exists migrations (step integer primary key)')
    const { done } = sql.exec<{ done: number }>('select count(*) as done from migrations').one()
    for (const [index, step] of steps.entries()) {
      if (index < done) continue
      sql.exec(step)
      sql.exec('insert into migrations (step) values (?)', index)
    }
  })
}
