/** The room's migrations, one step per change. A step that shipped is never edited, except for its comments. */
export const steps: readonly (string | ((sql: SqlStorage) => void))[] = [
  `
  create table room (
    id integer primary key check (id = 1),
    room_id text not null,
    kind text not null,
    access text not null,
    listed integer not null,
    receipts text not null,
    password_hash text,
    -- Grows with each new password: an attempt against an older one is refused.
    password_version integer not null,
    slow_mode_seconds integer not null,
    frozen integer not null,
    plain_files integer not null,
    -- In a direct room: version of the DM access between its two members that was last applied.
    contact_version integer not null default 0,
    name text,
    topic text,
    created_at integer not null,
    deleted_at integer,
    member_count integer not null,
    -- Version of this row. All rows that are synced to the directory draw theirs from one growing counter.
    version integer not null,
    -- Rows up to this version are known to be in the directory projection.
    indexed_version integer not null,
    -- Messages up to this seq are counted in the members' rows.
    counted_seq integer not null,
    -- Mentions up to this seq are known to be in the directory projection.
    mentioned_seq integer not null
  );
  create table members (
    user_id text primary key,
    username text,
    display_name text not null,
    profile_version integer not null,
    suspended_until integer,
    -- Set until a sync has read the profile back, because a join may race a rename.
    unconfirmed integer not null,
    role text not null,
    joined_at integer not null,
    left_at integer,
    -- Whether someone else ended the membership: posting does not bring them back, joining may.
    removed integer not null,
    muted_until integer,
    -- In a direct room: whether the other member accepts messages.
    connected integer not null default 1,
    -- When they last posted; kept in slow mode only.
    posted_at integer,
    read_seq integer not null,
    read_n integer not null,
    -- read_seq as of this row's version, so that moving the read marker needs no new version until the next sync.
    told_seq integer not null,
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
    deleted_at integer,
    -- The root of the thread this is in.
    reply_to integer,
    -- On a root: its thread, tombstones included. The authors are the latest ones, as JSON.
    reply_count integer not null default 0,
    last_reply_at integer,
    reply_authors text,
    -- User ids, as JSON.
    mentions text,
    mentions_room integer not null default 0,
    -- JSON of [emoji, count], in order of first use, so that pages read it with the message.
    reactions text,
    pinned_at integer,
    pinned_by text
  );
  create unique index messages_by_nonce on messages (author_id, nonce);
  -- Partial indexes: a plain message is in none of them.
  create index messages_by_root on messages (reply_to) where reply_to is not null;
  create index messages_by_mention on messages (seq) where mentions is not null;
  create index messages_by_pin on messages (pinned_at) where pinned_at is not null;
  create table reactions (
    message_seq integer not null,
    emoji text not null,
    user_id text not null,
    primary key (message_seq, emoji, user_id)
  ) without rowid;
  -- Mentions by name. n is the ordinal of the message.
  create table mentions (
    user_id text not null,
    n integer not null,
    primary key (user_id, n)
  ) without rowid;
  -- Mentions of the whole room, numbered as messages are, so that no member's row has to change.
  create table room_mentions (
    n integer primary key,
    ordinal integer not null
  );
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
    member_count integer,
    reason text,
    emoji text,
    -- Whether the audit log shows it: what one member did to another or to the room.
    audited integer not null
  );
  create index events_by_audit on events (seq) where audited = 1;
  create table bans (
    user_id text primary key,
    by text not null,
    reason text,
    created_at integer not null,
    expires_at integer
  ) without rowid;
  create table allowlist (
    user_id text primary key,
    by text not null,
    created_at integer not null
  ) without rowid;
  create table invites (
    id text primary key,
    hash text not null unique,
    by text not null,
    created_at integer not null,
    expires_at integer,
    max_uses integer,
    uses integer not null,
    revoked integer not null
  ) without rowid;
  create table invite_uses (
    invite_id text not null,
    at integer not null,
    user_id text not null,
    primary key (invite_id, at, user_id)
  ) without rowid;
  -- Bulk deletes: messages of an author in this range read as tombstones while a job purges them.
  create table erasures (
    author_id text not null,
    from_seq integer not null,
    to_seq integer not null,
    at integer not null,
    purged_to text not null,
    primary key (author_id, to_seq, from_seq)
  ) without rowid;
  create table jobs (
    kind text not null,
    key text not null,
    due_at integer not null,
    primary key (kind, key)
  ) without rowid;
  `,
  `
  create table media (
    id text primary key,
    owner_id text not null,
    kind text not null,
    type text not null,
    name text not null,
    size integer not null,
    width integer,
    height integer,
    orientation integer,
    duration real,
    thumb_hash text,
    created_at integer not null,
    -- Of the object in the bucket; null while its bytes are being uploaded.
    etag text,
    -- null while no message has it.
    message_seq integer,
    position integer
  ) without rowid;
  create index media_by_message on media (message_seq, position) where message_seq is not null;
  create index media_by_kind on media (kind, message_seq, position) where message_seq is not null;
  create index media_loose on media (created_at) where message_seq is null;
  -- Resumable uploads until they are purged. One that became media is in both tables for a moment.
  create table uploads (
    id text primary key,
    owner_id text not null,
    length integer not null,
    type text not null,
    name text,
    thumb_hash text,
    created_at integer not null,
    expires_at integer not null,
    offset integer not null,
    parts text not null,
    multipart text,
    tail integer not null,
    draft text,
    attempt integer not null,
    finished integer not null
  ) without rowid;
  create index uploads_by_expiry on uploads (expires_at);
  -- Objects that the bucket may hold and a job is to delete.
  create table media_trash (key text primary key, due_at integer not null) without rowid;
  alter table members add column avatar text;
  alter table room add column avatar text;
  `,
  `
  -- Messages up to this seq are in the search index; null while nobody has searched and there is none.
  alter table room add column searched_seq integer;
  `,
  `
  -- The search index was one table and has shards now. The next search creates it anew.
  drop table if exists search;
  update room set searched_seq = null;
  `,
  `
  -- Only site staff lift a ban of site staff.
  alter table bans add column by_staff integer not null default 0;
  -- What a message is beside its text: decided here, before there are many. Null means a user's plain text.
  alter table messages add column kind text;
  alter table messages add column format_version integer;
  alter table messages add column entities text;
  `,
  `
  -- How many messages up to this one the timeline shows: those that are no reply, or a reply that was sent to the room,
  -- too. null in rows of before, until a job has counted them.
  alter table messages add column t integer;
  alter table messages add column also_in_room integer not null default 0;
  -- The t of the read marker; null in rows of before.
  alter table members add column read_t integer;
  insert or replace into jobs (kind, key, due_at) select 'timeline', '0', 0 from messages limit 1;
  `,
  `
  create table thread_follows (
    user_id text not null,
    root_seq integer not null,
    -- How many replies this user has read.
    read_count integer not null,
    following integer not null,
    -- The reply whose mention of this user made them follow, until something else does.
    mentioned_seq integer,
    version integer not null,
    primary key (user_id, root_seq)
  ) without rowid;
  create index thread_follows_by_version on thread_follows (version);
  `,
  `
  -- What an upload has behind its parts was one object and is chunks now: JSON of { attempt, bytes }.
  alter table uploads add column chunks text not null default '[]';
  update uploads
    set chunks = json_array(json_object('attempt', tail, 'bytes', offset - 5242880 * json_array_length(parts)))
    where tail <> 0;
  alter table uploads drop column tail;
  `,
  `
  -- The Upload-Metadata header of a tus upload, which its client may ask for.
  alter table uploads add column upload_metadata text;
  alter table media add column upload_metadata text;
  `,
  `
  -- User ids, as JSON: whom a post wanted to mention in vain.
  alter table messages add column dropped_mentions text;
  -- Messages whose mentions were edited, until the directory knows. The version tells a second edit from the first.
  create table mention_edits (seq integer primary key, version integer not null);
  `,
  `
  insert or replace into jobs (kind, key, due_at)
    select 'mute', user_id, muted_until from members where muted_until is not null;
  `,
  `
  -- In a direct room that is empty: whether the other opened it, and this member does not see it yet.
  alter table members add column hidden integer not null default 0;
  `,
  dropSearchIndex,
  `
  -- What members choose for themselves. notify is null for the default, archived_t the room's t when they archived it.
  alter table members add column notify text;
  alter table members add column snoozed_until integer;
  alter table members add column favourite integer not null default 0;
  alter table members add column archived_t integer;
  `,
  `
  -- How often the read marker was moved by its owner: together with the version it says which of two values is newer.
  alter table members add column marks integer not null default 0;
  -- The inboxes that asked to be told of changes. The epoch says which of an inbox's requests this is.
  create table watchers (user_id text primary key, epoch integer not null) without rowid;
  `,
  `
  -- The name by which the service finds the room.
  alter table room add column key text;
  `,
  `
  -- What the app keeps with a message or the room, as JSON; null for nothing.
  alter table messages add column metadata text;
  alter table room add column metadata text;
  `,
  `
  alter table members add column metadata text;
  `,
]

/** The words of the index are made otherwise now. The next search makes it anew. */
export function dropSearchIndex(sql: SqlStorage): void {
  const shards = sql.exec<{ name: string }>(
    `select name from sqlite_master where sql like 'create virtual table%'`,
  )
  for (const { name } of shards.toArray()) sql.exec(`drop table "${name}"`)
  sql.exec('update room set searched_seq = null')
}

/** Whether this room was ever created. One that was only asked for has no tables and costs nothing. */
export function exists(sql: SqlStorage): boolean {
  return (
    sql.exec(`select 1 from sqlite_master where type = 'table' and name = 'migrations'`).toArray()
      .length > 0
  )
}

/** Applies the steps that this room has not run yet. Tests stop at an earlier version, which has the first `count` of them. */
export function migrate(storage: DurableObjectStorage, count = steps.length): void {
  const { sql } = storage
  const done = exists(sql) ? applied(sql) : 0
  if (done >= count) return
  storage.transactionSync(() => {
    sql.exec('create table if not exists migrations (step integer primary key)')
    for (const [index, step] of steps.slice(0, count).entries()) {
      if (index < done) continue
      if (typeof step === 'string') sql.exec(step)
      else step(sql)
      sql.exec('insert into migrations (step) values (?)', index)
    }
  })
}

const applied = (sql: SqlStorage): number =>
  sql.exec<{ count: number }>('select count(*) as count from migrations').one().count
