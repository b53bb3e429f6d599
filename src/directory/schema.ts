import { type AnyColumn, sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { AddPolicy, MessagePolicy } from '../schemas/contact-policies'

/**
 * Whose display name finds more than the username already does: not the many who have one for both.
 * A query must say it in the same words to use `users_by_display_name`.
 */
export const foundByDisplayName = (t: { username: AnyColumn; foldedName: AnyColumn }) =>
  sql`substr(${t.username}, 1, length(${t.foldedName})) <> ${t.foldedName}`

/** Whose rooms may not all know the latest; to be said in the same words to use `users_to_spread`. */
export const hasPendingFanout = (t: Record<FanoutVersions, AnyColumn>) =>
  sql`(${t.profileFanoutVersion} < ${t.profileVersion} or ${t.dmAccessFanoutVersion} < ${t.dmAccessVersion})`

type FanoutVersions =
  | 'profileFanoutVersion'
  | 'profileVersion'
  | 'dmAccessFanoutVersion'
  | 'dmAccessVersion'

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    /** Lower case; null once the account is deleted (see `reservedUsernames`). */
    username: text('username'),
    displayName: text('display_name').notNull(),
    /** `displayName` as search compares it (see names.ts). */
    foldedName: text('folded_name').notNull(),
    bio: text('bio'),
    /** Of the picture in the bucket. */
    avatar: text('avatar'),
    email: text('email'),
    /** PHC string; null once the account is deleted. */
    passwordHash: text('password_hash'),
    role: text('role', { enum: ['user', 'moderator', 'admin'] })
      .notNull()
      .default('user'),
    /** Grows with every change that rooms keep a copy of. */
    profileVersion: integer('profile_version').notNull().default(1),
    /** The `profileVersion` that every room is known to have; behind it means the people queue has work. */
    profileFanoutVersion: integer('spread_version').notNull().default(1),
    messagePolicy: text('message_policy').$type<MessagePolicy>().notNull().default('connections'),
    addPolicy: text('add_policy').$type<AddPolicy>().notNull().default('connections'),
    /** Grows with every change of this user's ties and of `messagePolicy`: of who may write to whom. */
    dmAccessVersion: integer('contacts_version').notNull().default(1),
    /** The `dmAccessVersion` that every direct room is known to have. */
    dmAccessFanoutVersion: integer('contacts_spread').notNull().default(1),
    /** What was uploaded on the day (UTC, since 1970) of the latest upload. */
    uploadedDay: integer('uploaded_day').notNull().default(0),
    uploadedBytes: integer('uploaded_bytes').notNull().default(0),
    suspendedUntil: integer('suspended_until'),
    suspensionReason: text('suspension_reason'),
    createdAt: integer('created_at').notNull(),
    deletedAt: integer('deleted_at'),
    /** Whether the deletion also takes everything this user wrote. */
    erased: integer('erased', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    uniqueIndex('users_by_username').on(t.username),
    uniqueIndex('users_by_email').on(t.email),
    index('users_by_display_name').on(t.foldedName, t.id).where(foundByDisplayName(t)),
    index('users_admins').on(t.id).where(sql`${t.role} = 'admin'`),
    index('users_to_spread').on(t.id).where(hasPendingFanout(t)),
  ],
)

/** Names of deleted accounts, hashed: reserved for ever without being kept. */
export const reservedUsernames = sqliteTable('reserved_usernames', {
  hash: text('hash').primaryKey(),
})

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** Of the device, read from its User-Agent at log-in. */
    name: text('name').notNull(),
    /** Of the refresh token that is good now; the one before is good for a grace period after `rotatedAt`. */
    generation: integer('generation').notNull().default(0),
    /** When it was last used: access tokens leave no trace, so to within their life. */
    rotatedAt: integer('rotated_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('sessions_by_user').on(t.userId, t.id)],
)

/**
 * What one user is to another: a friendship is two ties, one each way; a request, a follow and a block
 * are one. `hidden` ones exist only for whom they come from: the other had blocked them.
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

/** Written only by the rooms (outbox); `version` is the room's and only grows. */
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
    /** `name` in lower case, as searches compare it. */
    nameKey: text('name_key'),
    topic: text('topic'),
    avatar: text('avatar'),
    createdAt: integer('created_at').notNull(),
    seq: integer('seq').notNull(),
    n: integer('n').notNull(),
    memberCount: integer('member_count').notNull(),
    /** JSON of the wire's LastMessage without its author's names. */
    lastMessage: text('last_message'),
    lastMessageAt: integer('last_message_at').notNull(),
    deletedAt: integer('deleted_at'),
    /** How often everybody in it was mentioned. */
    roomMentions: integer('room_mentions').notNull().default(0),
  },
  (t) => {
    const listed = sql`${t.listed} = 1 and ${t.deletedAt} is null`
    return [
      index('rooms_by_activity').on(t.lastMessageAt, t.id).where(listed),
      index('rooms_by_members').on(t.memberCount, t.id).where(listed),
      index('rooms_by_messages').on(t.n, t.id).where(listed),
      index('rooms_by_name').on(t.nameKey, t.id).where(listed),
      index('rooms_by_age').on(t.createdAt, t.id).where(listed),
    ]
  },
)

/** Written only by the rooms (outbox). Left rows stay: they tell where someone ever wrote. */
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
    /** Mentions by name that are not read. */
    mentions: integer('mentions').notNull().default(0),
    /** Of the room's `roomMentions`, how many are read. */
    readRoomMentions: integer('read_room_mentions').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.userId, t.roomId] }), index('memberships_by_room').on(t.roomId)],
)

/** Where someone was mentioned by name; written only by the rooms (outbox). What was said stays there. */
export const mentions = sqliteTable(
  'mentions',
  {
    userId: text('user_id').notNull(),
    at: integer('at').notNull(),
    roomId: text('room_id').notNull(),
    seq: integer('seq').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.at, t.roomId, t.seq] })],
)
