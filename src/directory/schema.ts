import { type AnyColumn, sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { DEFAULT_APP } from '../auth/tokens'
import { FOLDING } from '../folding'
import type { AddPolicy, LastSeenPolicy, MessagePolicy } from '../schemas/contact-policies'
import type { Notify } from '../schemas/preferences'

/**
 * SQL condition: a search finds the user by a display name that their username does not begin with. Most users
 * have one name for both, so the index stays small. A query must repeat this condition exactly to use
 * `users_by_display_name`.
 */
export const foundByDisplayName = (t: { username: AnyColumn; foldedName: AnyColumn }) =>
  sql`substr(${t.username}, 1, length(${t.foldedName})) <> ${t.foldedName}`

/** SQL condition: the account is there, if hidden. Everywhere else a hidden account counts as deleted: it has `deletedAt`. */
export const canLogIn = (t: { deletedAt: AnyColumn; deletionDueAt: AnyColumn }) =>
  sql`(${t.deletedAt} is null or ${t.deletionDueAt} is not null)`

/** SQL condition: some rooms of the user may be behind. A query must repeat it exactly to use `users_to_spread`. */
export const hasPendingFanout = (t: Record<FanoutVersions, AnyColumn>) =>
  sql`(${t.profileFanoutVersion} < ${t.profileVersion} or ${t.dmAccessFanoutVersion} < ${t.dmAccessVersion})`

/**
 * SQL condition: the name was folded by an earlier version than `FOLDING`. A migration changes the indexes when that grows. A
 * query must repeat it exactly to use `users_to_refold` or `rooms_to_refold`.
 */
export const toRefold = (t: { foldVersion: AnyColumn }) =>
  sql`${t.foldVersion} < ${sql.raw(`${FOLDING}`)}`

type FanoutVersions =
  | 'profileFanoutVersion'
  | 'profileVersion'
  | 'dmAccessFanoutVersion'
  | 'dmAccessVersion'

const appId = text('app_id').notNull().default(DEFAULT_APP)

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    appId,
    /** Lower case; null once the account is deleted (see `reservedUsernames`). */
    username: text('username'),
    /** What the username looks like, the same for names that a reader would confuse; null for older names. */
    usernameSkeleton: text('username_skeleton'),
    displayName: text('display_name').notNull(),
    /** `displayName` as search compares it (see ../folding.ts). */
    foldedName: text('folded_name').notNull(),
    /** By which version of `fold`; see refold.ts. */
    foldVersion: integer('fold_version').notNull().default(0),
    bio: text('bio'),
    /** What the app keeps with the user, as JSON; null for nothing. */
    metadata: text('metadata'),
    /** The id of the avatar in the bucket. */
    avatar: text('avatar'),
    /** Several users may claim one address. Only one verifies it, and logs in by it. */
    email: text('email'),
    /** Written by versions that took the first claim of an address for the good one. Of no use any more. */
    emailClaimedAt: integer('email_claimed_at'),
    emailVerifiedAt: integer('email_verified_at'),
    /** PHC string; null of a guest, of who comes by an identity, and once the account is deleted. */
    passwordHash: text('password_hash'),
    role: text('role', { enum: ['user', 'moderator', 'admin'] })
      .notNull()
      .default('user'),
    /** Grows with every change of a value that rooms copy. */
    profileVersion: integer('profile_version').notNull().default(1),
    /** The `profileVersion` that every room has. While it is lower, a fanout is pending. */
    profileFanoutVersion: integer('spread_version').notNull().default(1),
    messagePolicy: text('message_policy').$type<MessagePolicy>().notNull().default('connections'),
    addPolicy: text('add_policy').$type<AddPolicy>().notNull().default('connections'),
    lastSeenPolicy: text('last_seen_policy')
      .$type<LastSeenPolicy>()
      .notNull()
      .default('connections'),
    /** Grows with every change of this user's social edges or `messagePolicy`, which decide who may write to whom. */
    dmAccessVersion: integer('contacts_version').notNull().default(1),
    /** The `dmAccessVersion` that every direct room has. */
    dmAccessFanoutVersion: integer('contacts_spread').notNull().default(1),
    /** The day of the latest upload, in UTC days since 1970, and the bytes uploaded on it. */
    uploadedDay: integer('uploaded_day').notNull().default(0),
    uploadedBytes: integer('uploaded_bytes').notNull().default(0),
    /** Failed logins since the last successful one, which tells the owner. */
    failedLogins: integer('failed_logins').notNull().default(0),
    failedLoginAt: integer('failed_login_at'),
    suspendedUntil: integer('suspended_until'),
    suspensionReason: text('suspension_reason'),
    doNotDisturbUntil: integer('do_not_disturb_until'),
    /**
     * Only of a guest, deleted guests too: when to look next whether they are idle. Refreshing a session does not move it, so it
     * costs no write.
     */
    guestUntil: integer('guest_until'),
    createdAt: integer('created_at').notNull(),
    deletedAt: integer('deleted_at'),
    /** When a hidden account will be deleted for good. Until then a log-in takes it back. */
    deletionDueAt: integer('deletion_due_at'),
    /** Whether deleting the account also erases every message of this user. */
    erased: integer('erased', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    uniqueIndex('users_by_username').on(t.appId, t.username),
    uniqueIndex('users_by_skeleton').on(t.appId, t.usernameSkeleton),
    uniqueIndex('users_by_verified_email')
      .on(t.appId, t.email)
      .where(sql`${t.emailVerifiedAt} is not null`),
    index('users_by_display_name').on(t.foldedName, t.id).where(foundByDisplayName(t)),
    index('users_guests')
      .on(t.guestUntil)
      .where(sql`${t.guestUntil} is not null and ${t.deletedAt} is null`),
    index('users_due').on(t.deletionDueAt).where(sql`${t.deletionDueAt} is not null`),
    index('users_admins').on(t.id).where(sql`${t.role} = 'admin'`),
    index('users_to_refold').on(t.id).where(toRefold(t)),
    index('users_to_spread').on(t.id).where(hasPendingFanout(t)),
  ],
)

/**
 * The words of each display name but the first, which `users_by_display_name` finds. Triggers on `users` write it: whatever
 * changes a name changes its words.
 */
export const nameWords = sqliteTable(
  'name_words',
  { word: text('word').notNull(), userId: text('user_id').notNull() },
  (t) => [primaryKey({ columns: [t.word, t.userId] })],
)

/** Hashes of the usernames of deleted accounts: a name stays reserved for ever, but is not stored. */
export const reservedUsernames = sqliteTable('reserved_usernames', {
  hash: text('hash').primaryKey(),
})

/** Hashes of usernames that their owners gave up. Until `until`, only the one who had a name can take it. */
export const releasedUsernames = sqliteTable(
  'released_usernames',
  {
    appId,
    hash: text('hash').notNull(),
    userId: text('user_id').notNull(),
    until: integer('until').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.appId, t.hash] }),
    index('released_usernames_by_end').on(t.until),
  ],
)

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The name of the device, from its User-Agent at login. */
    name: text('name').notNull(),
    /** Of the valid refresh token. The token before it stays valid for a grace period after `rotatedAt`. */
    generation: integer('generation').notNull().default(0),
    /** When the session was last refreshed. Use of its access tokens leaves no trace. */
    rotatedAt: integer('rotated_at').notNull(),
    createdAt: integer('created_at').notNull(),
    /** When the user last proved who they are in it, and by which methods, comma-separated. */
    provenAt: integer('proven_at').notNull().default(0),
    methods: text('methods').notNull().default('password'),
  },
  (t) => [index('sessions_by_user').on(t.userId, t.id)],
)

/** The latest link of a purpose that a user was sent. It stays after use, so that what was sent is counted. */
export const emailLinks = sqliteTable(
  'email_links',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    purpose: text('purpose', { enum: ['verify', 'reset'] }).notNull(),
    /** Of its token, which is random: SHA-256. null once it was used. */
    hash: text('hash'),
    /** The address it was sent to. Nobody else's is verified by it, and it ends when the user has another. */
    email: text('email').notNull(),
    until: integer('until').notNull(),
    /** How many were sent since when. */
    sentSince: integer('sent_since').notNull(),
    sent: integer('sent').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.purpose] }),
    uniqueIndex('email_links_by_hash').on(t.hash),
    index('email_links_by_end').on(t.until),
  ],
)

/** How many links one address was sent, whoever claims it. */
export const emailCounts = sqliteTable(
  'email_counts',
  {
    /** SHA-256 of the address. */
    address: text('address').primaryKey(),
    sentSince: integer('sent_since').notNull(),
    sent: integer('sent').notNull(),
    /** The hash of the latest link's token. */
    latest: text('latest').notNull(),
  },
  (t) => [index('email_counts_by_start').on(t.sentSince)],
)

/** Who a user is for an issuer that the operator trusts. A user may be several; none is ever found by an e-mail address. */
export const identities = sqliteTable(
  'identities',
  {
    appId,
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    createdAt: integer('created_at').notNull(),
    /** Of the address of the picture that was taken last: SHA-256. */
    pictureHash: text('picture_hash'),
    /** The avatar that came of it; '' of a user who had none and wanted none. */
    pictureAvatar: text('picture_avatar'),
    /** When a picture was last asked for. */
    pictureTriedAt: integer('picture_tried_at'),
  },
  (t) => [
    primaryKey({ columns: [t.appId, t.issuer, t.subject] }),
    index('identities_by_user').on(t.userId),
  ],
)

/**
 * What a page gets when somebody has logged in at an issuer. The row stays until nobody can answer the log-in a second time;
 * who it was goes as soon as the code is used.
 */
export const logInCodes = sqliteTable(
  'log_in_codes',
  {
    /** Of the log-in at the issuer: there is one code for each. */
    logInId: text('log_in_id').primaryKey(),
    /** Of the code: SHA-256. Null once it was used. */
    hash: text('hash'),
    /** SHA-256 of what the page keeps, by which it shows that it asked. */
    challenge: text('challenge').notNull(),
    /** JSON: the identity; null once the code was used. */
    identity: text('identity'),
    codeUntil: integer('code_until').notNull(),
    until: integer('until').notNull(),
  },
  (t) => [uniqueIndex('log_in_codes_by_hash').on(t.hash), index('log_in_codes_by_end').on(t.until)],
)

/** The secret of a user's authenticator app. Until it is confirmed by a code, nobody is asked for one. */
export const totp = sqliteTable(
  'totp',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    /** Encrypted; see ../auth/sealed-secrets.ts. */
    secret: text('secret').notNull(),
    /** Which secret of the service it is encrypted under. */
    keyId: text('key_id').notNull(),
    createdAt: integer('created_at').notNull(),
    confirmedAt: integer('confirmed_at'),
    /** The time step of the last code that was taken: no code is taken twice. */
    lastStep: integer('last_step').notNull().default(0),
    /** Codes tried since `triedSince`, without a right one. */
    tries: integer('tries').notNull().default(0),
    triedSince: integer('tried_since').notNull().default(0),
  },
  (t) => [index('totp_by_key').on(t.keyId)],
)

/** The recovery codes that a user has left. One that is used is deleted. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** Of the code, which has 120 random bits: SHA-256. */
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.hash] })],
)

/** Passkeys: public keys of authenticators, which log a user in without a name. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    appId,
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** As the authenticator calls it, base64url. */
    credentialId: text('credential_id').notNull(),
    /** COSE, base64url. */
    publicKey: text('public_key').notNull(),
    /** How often the authenticator says it was used; 0 of one that does not count. */
    counter: integer('counter').notNull(),
    /** How a browser reaches it, comma-separated. */
    transports: text('transports').notNull(),
    /** Whether it is on several devices, or kept by their maker. */
    synced: integer('synced', { mode: 'boolean' }).notNull(),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (t) => [
    uniqueIndex('passkeys_by_credential').on(t.appId, t.credentialId),
    index('passkeys_by_user').on(t.userId, t.id),
  ],
)

/** Challenges that were answered, until they would have ended: none is answered twice. */
export const spentChallenges = sqliteTable(
  'spent_challenges',
  { id: text('id').primaryKey(), until: integer('until').notNull() },
  (t) => [index('spent_challenges_by_end').on(t.until)],
)

/** Keys of back ends. A key that has ended stays, so that the audit can name it. */
export const appKeys = sqliteTable(
  'app_keys',
  {
    id: text('id').primaryKey(),
    appId,
    name: text('name').notNull(),
    /** Of the secret, which is random: SHA-256. */
    hash: text('hash').notNull(),
    /** Comma-separated. */
    scopes: text('scopes').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    revokedAt: integer('revoked_at'),
  },
  (t) => [uniqueIndex('app_keys_by_hash').on(t.hash)],
)

/**
 * Directed edges between users. A friendship is two edges, one each way; a request, a follow and a block are
 * one each. A hidden edge is visible only to the user it comes from, because the other one had blocked them.
 */
export const socialEdges = sqliteTable(
  'ties',
  {
    fromId: text('from_id')
      .notNull()
      .references(() => users.id),
    kind: text('kind', { enum: ['friend', 'request', 'follow', 'block'] }).notNull(),
    toId: text('to_id')
      .notNull()
      .references(() => users.id),
    at: integer('at').notNull(),
    hidden: integer('hidden', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.fromId, t.kind, t.toId] }),
    index('ties_out').on(t.fromId, t.kind, t.at, t.toId),
    index('ties_in').on(t.toId, t.kind, t.hidden, t.at, t.fromId),
  ],
)

/** A projection that only the rooms write. `version` is the room's own and only grows. See room-purge.ts for its end. */
export const rooms = sqliteTable(
  'rooms',
  {
    id: text('id').primaryKey(),
    version: integer('version').notNull(),
    kind: text('kind').notNull(),
    access: text('access').notNull(),
    listed: integer('listed', { mode: 'boolean' }).notNull(),
    receipts: text('receipts').notNull(),
    hasPassword: integer('has_password', { mode: 'boolean' }).notNull(),
    slowModeSeconds: integer('slow_mode_seconds').notNull(),
    frozen: integer('frozen', { mode: 'boolean' }).notNull(),
    plainFiles: integer('plain_files', { mode: 'boolean' }).notNull(),
    name: text('name'),
    /** `name` in lower case, as search compares it. */
    nameKey: text('name_key'),
    topic: text('topic'),
    avatar: text('avatar'),
    createdAt: integer('created_at').notNull(),
    seq: integer('seq').notNull(),
    n: integer('n').notNull(),
    memberCount: integer('member_count').notNull(),
    /** JSON: `seq`, `authorId`, `preview`, `attachments` if any, and `at` (milliseconds) of the last message. */
    lastMessage: text('last_message'),
    lastMessageAt: integer('last_message_at').notNull(),
    deletedAt: integer('deleted_at'),
    /** How many messages mentioned the whole room. */
    roomMentions: integer('room_mentions').notNull().default(0),
    /** By which version of `fold` there is `nameKey`. */
    foldVersion: integer('fold_version').notNull().default(0),
    /** The name that its maker gave it for the service; `roomKeys` finds the room by it. */
    key: text('key'),
    /** How many messages the timeline shows; null until the room says so, which it does with its next change. */
    t: integer('t'),
    /** What the app keeps with the room, as JSON; null for nothing. */
    metadata: text('metadata'),
  },
  (t) => {
    const listed = sql`${t.listed} = 1 and ${t.deletedAt} is null`
    return [
      index('rooms_by_activity').on(t.lastMessageAt, t.id).where(listed),
      index('rooms_by_members').on(t.memberCount, t.id).where(listed),
      index('rooms_by_messages').on(t.n, t.id).where(listed),
      index('rooms_by_name').on(t.nameKey, t.id).where(listed),
      index('rooms_by_age').on(t.createdAt, t.id).where(listed),
      index('rooms_to_refold').on(t.id).where(toRefold(t)),
      index('rooms_deleted').on(t.deletedAt).where(sql`${t.deletedAt} is not null`),
    ]
  },
)

/** A projection that only the rooms write. Rows of former members stay while the room does: they find where a user wrote. */
export const memberships = sqliteTable(
  'memberships',
  {
    userId: text('user_id').notNull(),
    roomId: text('room_id').notNull(),
    version: integer('version').notNull(),
    role: text('role').notNull(),
    joinedAt: integer('joined_at').notNull(),
    leftAt: integer('left_at'),
    mutedUntil: integer('muted_until'),
    readSeq: integer('read_seq').notNull(),
    readN: integer('read_n').notNull(),
    sentCount: integer('sent_count').notNull(),
    visitedAt: integer('visited_at').notNull(),
    /** Unread mentions of this member by name. */
    mentions: integer('mentions').notNull().default(0),
    /** How many of the room's `roomMentions` this member has read. */
    readRoomMentions: integer('read_room_mentions').notNull().default(0),
    /** The room's `t` at the read marker; null until the member's next change. */
    readT: integer('read_t'),
    /** In a direct room: the other opened it, so it is in no list of this member while it is empty. */
    hidden: integer('hidden', { mode: 'boolean' }).notNull().default(false),
    /** What the member chose for themselves: see `StoredPreferences`. */
    notify: text('notify').$type<Notify>(),
    snoozedUntil: integer('snoozed_until'),
    isFavourite: integer('favourite', { mode: 'boolean' }).notNull().default(false),
    archivedT: integer('archived_t'),
    /** How often the member moved their read marker. */
    marks: integer('marks').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.roomId] }),
    index('memberships_by_room').on(t.roomId),
    index('memberships_favourite').on(t.userId, t.roomId).where(sql`${t.isFavourite} = 1`),
    index('memberships_archived').on(t.userId, t.roomId).where(sql`${t.archivedT} is not null`),
  ],
)

/** Where a user was mentioned by name. Only the rooms write it. The text stays in the room. */
export const mentions = sqliteTable(
  'mentions',
  {
    userId: text('user_id').notNull(),
    at: integer('at').notNull(),
    roomId: text('room_id').notNull(),
    seq: integer('seq').notNull(),
    /** null: recorded before authors were. */
    authorId: text('author_id'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.at, t.roomId, t.seq] })],
)

/** Threads that somebody follows. Only the rooms write them; `threadFollows` has who. */
export const threads = sqliteTable(
  'threads',
  {
    roomId: text('room_id').notNull(),
    rootSeq: integer('root_seq').notNull(),
    replyCount: integer('reply_count').notNull(),
    /** 0: there is no reply yet. */
    lastReplyAt: integer('last_reply_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.rootSeq] })],
)

/** Who follows a thread, or did. A new reply changes no row here but its author's: unread is counted from the thread. */
export const threadFollows = sqliteTable(
  'thread_follows',
  {
    userId: text('user_id').notNull(),
    roomId: text('room_id').notNull(),
    rootSeq: integer('root_seq').notNull(),
    readCount: integer('read_count').notNull(),
    following: integer('following', { mode: 'boolean' }).notNull(),
    version: integer('version').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.roomId, t.rootSeq] })],
)

/** The direct room of two users, the lower id first. Room ids are random: an id that can be computed tells who talks. */
export const directRooms = sqliteTable(
  'direct_rooms',
  {
    low: text('low').notNull(),
    high: text('high').notNull(),
    roomId: text('room_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.low, t.high] }),
    uniqueIndex('direct_rooms_by_room').on(t.roomId),
  ],
)

/** The room of a key, claimed before the room is made. The room repeats it with its first sync, and after a loss of D1. */
export const roomKeys = sqliteTable(
  'room_keys',
  {
    appId,
    key: text('key').notNull(),
    roomId: text('room_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.appId, t.key] }), uniqueIndex('room_keys_by_room').on(t.roomId)],
)

/** An archive of what the service holds of a user: one for each at a time. Its bytes are in the bucket. */
export const personalExports = sqliteTable(
  'exports',
  {
    userId: text('user_id').primaryKey(),
    /** Random, so that the links of one export do not open the next. */
    id: text('id').notNull(),
    /** JSON: how far it is; null at the end. */
    position: text('position'),
    /** How many parts are stored. */
    parts: integer('parts').notNull().default(0),
    bytes: integer('bytes').notNull().default(0),
    requestedAt: integer('requested_at').notNull(),
    /** When the last part was stored: one that stands still is started again. */
    steppedAt: integer('stepped_at').notNull(),
    readyAt: integer('ready_at'),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [
    index('exports_by_end').on(t.expiresAt),
    index('exports_running').on(t.steppedAt).where(sql`${t.readyAt} is null`),
  ],
)

/** What staff, app keys and the owners themselves did to accounts, and staff in rooms: who, what, to whom, when and why. Ids sort by time. */
export const siteAudit = sqliteTable(
  'site_audit',
  {
    id: text('id').primaryKey(),
    at: integer('at').notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    userId: text('user_id'),
    roomId: text('room_id'),
    reason: text('reason'),
    /** JSON of what else there is to know, such as the new role. */
    detail: text('detail'),
  },
  (t) => [
    index('site_audit_by_user').on(t.userId, t.id),
    index('site_audit_by_actor').on(t.actorId, t.id),
    index('site_audit_by_action').on(t.action, t.id),
  ],
)
