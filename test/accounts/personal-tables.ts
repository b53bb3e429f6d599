// What an export holds of each table, written by hand. A table or a column that is new fails the test of exports until
// it stands here, and in the sources of the export or as withheld, with a reason.

export interface Rows {
  /** Of which type the lines are, and which rows of the table they are. ?1 is the user. */
  types: Record<string, string>
  /** Columns that are in no line: of somebody else, derived, secret, or only for this service. */
  withheld: string
}

/** The user's rows of a table, or why there are none. */
export type Held = Rows | string

const rows = (types: Rows['types'], withheld = ''): Rows => ({ types, withheld })

const known = '(select room_id from memberships where user_id = ?1 and hidden = 0)'

export const directory: Record<string, Held> = {
  users: rows(
    { account: 'id = ?1' },
    'app_id password_hash username_skeleton folded_name fold_version profile_version spread_version contacts_version contacts_spread deleted_at erased',
  ),
  name_words: 'derived from the display name',
  reserved_usernames: 'hashes of names, of nobody any more',
  released_usernames: rows({ releasedUsername: 'user_id = ?1' }, 'app_id user_id'),
  sessions: rows({ session: 'user_id = ?1' }, 'user_id generation'),
  identities: rows({ identity: 'user_id = ?1' }, 'app_id user_id picture_hash'),
  log_in_codes: 'gone within a quarter of an hour, and of nobody until they are used',
  email_links: rows({ emailLink: 'user_id = ?1' }, 'user_id hash'),
  email_counts: 'of addresses, as hashes, whoever claims them; gone after a while',
  totp: rows({ totp: 'user_id = ?1' }, 'user_id secret key_id last_step tries tried_since'),
  passkeys: rows({ passkey: 'user_id = ?1' }, 'app_id user_id counter'),
  spent_challenges: 'ids of challenges, of nobody',
  recovery_codes: 'hashes of codes that the user alone has',
  app_keys: rows({ appKey: 'created_by = ?1' }, 'app_id hash created_by'),
  ties: rows(
    {
      relationFromYou: 'from_id = ?1',
      // Who blocks one is theirs to tell, and so is what they sent and hid.
      relationToYou: "to_id = ?1 and hidden = 0 and kind <> 'block'",
    },
    'hidden',
  ),
  rooms: 'of rooms, not of people',
  memberships: rows(
    // A direct room that only the other opened is not known to exist.
    { membership: 'user_id = ?1 and hidden = 0' },
    'user_id version hidden marks',
  ),
  mentions: rows({ mentioned: 'user_id = ?1' }, 'user_id'),
  threads: 'of threads, not of people',
  thread_follows: rows({ threadFollow: 'user_id = ?1' }, 'user_id version'),
  direct_rooms: rows({ directRoom: `(low = ?1 or high = ?1) and room_id in ${known}` }),
  room_keys: 'of rooms, not of people',
  exports: 'the export itself',
  site_audit: rows(
    { siteAct: 'actor_id = ?1', siteActOnYou: 'user_id = ?1 and actor_id <> ?1' },
    'actor_id',
  ),
}

export const room: Record<string, Held> = {
  migrations: 'of the room',
  room: 'of the room',
  members: rows(
    { member: 'user_id = ?1' },
    'user_id profile_version suspended_until unconfirmed connected told_seq version hidden marks',
  ),
  messages: rows(
    { message: 'author_id = ?1', pin: 'pinned_by = ?1' },
    'author_id reply_authors pinned_by',
  ),
  reactions: rows({ reaction: 'user_id = ?1' }, 'user_id'),
  mentions: rows({ mention: 'user_id = ?1' }, 'user_id'),
  room_mentions: 'of the room',
  mention_edits: 'of the room, for a moment',
  versions: rows({
    version: 'message_seq in (select seq from messages where author_id = ?1)',
  }),
  events: rows({ act: 'by = ?1', event: 'user_id = ?1 and by <> ?1' }, 'by audited'),
  bans: rows({ ban: 'user_id = ?1', banByYou: 'by = ?1 and user_id <> ?1' }, 'by'),
  allowlist: rows({ allowed: 'user_id = ?1', allowedByYou: 'by = ?1 and user_id <> ?1' }, 'by'),
  invites: rows({ invite: 'by = ?1' }, 'hash by'),
  invite_uses: rows({ inviteUse: 'user_id = ?1' }, 'user_id'),
  erasures: rows({ erasure: 'author_id = ?1' }, 'author_id purged_to'),
  jobs: 'of the room; the end of a mute is in its member',
  media: rows({ media: 'owner_id = ?1 and etag is not null' }, 'owner_id etag'),
  uploads: rows(
    { upload: 'owner_id = ?1' },
    'owner_id parts multipart chunks draft attempt finished',
  ),
  media_trash: 'of the bucket',
  thread_follows: rows({ thread: 'user_id = ?1' }, 'user_id version'),
  watchers: 'of sockets that are open',
}
