import { and, asc, eq, getTableColumns, gt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { exportLine } from '../schemas/export-lines'
import type { Directory } from './database'
import {
  appKeys,
  directRooms,
  emailLinks,
  identities,
  memberships,
  mentions,
  passkeys,
  releasedUsernames,
  sessions,
  siteAudit,
  socialEdges,
  threadFollows,
  totp,
  users,
} from './schema'

/** Where the rows of a user are, in a table of the directory. */
export interface Source {
  type: string
  table: SQLiteTable
  /** What the user is told. */
  shown: readonly string[]
  mine: (userId: string) => SQL | undefined
}

const source = <T extends SQLiteTable>(
  type: string,
  table: T,
  shown: readonly (keyof T['_']['columns'] & string)[],
  mine: Source['mine'],
): Source => ({ type, table, shown, mine })

/** Rooms that the user knows of: a direct room that only the other has opened is none. */
const knownRooms = (userId: string) =>
  sql`(select ${memberships.roomId} from ${memberships} where ${memberships.userId} = ${userId} and ${memberships.hidden} = 0)`

/**
 * All that the directory holds of a user. Left out is what is somebody else's (who blocks them, who suspended them), what is
 * derived, and secrets. A table or column that is neither here nor in the test of exports fails that test.
 */
export const sources: readonly Source[] = [
  source(
    'account',
    users,
    [
      'id',
      'username',
      'displayName',
      'bio',
      'metadata',
      'avatar',
      'email',
      'emailClaimedAt',
      'emailVerifiedAt',
      'deletionDueAt',
      'role',
      'messagePolicy',
      'addPolicy',
      'lastSeenPolicy',
      'uploadedDay',
      'uploadedBytes',
      'failedLogins',
      'failedLoginAt',
      'suspendedUntil',
      'suspensionReason',
      'doNotDisturbUntil',
      'guestUntil',
      'createdAt',
    ],
    (userId) => eq(users.id, userId),
  ),
  source('releasedUsername', releasedUsernames, ['hash', 'until'], (userId) =>
    eq(releasedUsernames.userId, userId),
  ),
  source(
    'session',
    sessions,
    ['id', 'name', 'rotatedAt', 'createdAt', 'provenAt', 'methods'],
    (userId) => eq(sessions.userId, userId),
  ),
  source(
    'identity',
    identities,
    ['issuer', 'subject', 'createdAt', 'pictureAvatar', 'pictureTriedAt'],
    (userId) => eq(identities.userId, userId),
  ),
  source('emailLink', emailLinks, ['purpose', 'email', 'until', 'sentSince', 'sent'], (userId) =>
    eq(emailLinks.userId, userId),
  ),
  source('totp', totp, ['createdAt', 'confirmedAt'], (userId) => eq(totp.userId, userId)),
  source(
    'passkey',
    passkeys,
    ['id', 'credentialId', 'publicKey', 'transports', 'synced', 'name', 'createdAt', 'lastUsedAt'],
    (userId) => eq(passkeys.userId, userId),
  ),
  source('relationFromYou', socialEdges, ['kind', 'toId', 'at'], (userId) =>
    eq(socialEdges.fromId, userId),
  ),
  source('relationToYou', socialEdges, ['kind', 'fromId', 'at'], (userId) =>
    and(eq(socialEdges.toId, userId), eq(socialEdges.hidden, false), ne(socialEdges.kind, 'block')),
  ),
  source(
    'membership',
    memberships,
    [
      'roomId',
      'role',
      'joinedAt',
      'leftAt',
      'mutedUntil',
      'readSeq',
      'readN',
      'readT',
      'sentCount',
      'visitedAt',
      'mentions',
      'readRoomMentions',
      'notify',
      'snoozedUntil',
      'isFavourite',
      'archivedT',
    ],
    (userId) => and(eq(memberships.userId, userId), eq(memberships.hidden, false)),
  ),
  source('directRoom', directRooms, ['low', 'high', 'roomId'], (userId) =>
    and(
      or(eq(directRooms.low, userId), eq(directRooms.high, userId)),
      sql`${directRooms.roomId} in ${knownRooms(userId)}`,
    ),
  ),
  source('mentioned', mentions, ['at', 'roomId', 'seq', 'authorId'], (userId) =>
    eq(mentions.userId, userId),
  ),
  source('threadFollow', threadFollows, ['roomId', 'rootSeq', 'readCount', 'following'], (userId) =>
    eq(threadFollows.userId, userId),
  ),
  source(
    'appKey',
    appKeys,
    ['id', 'name', 'scopes', 'createdAt', 'expiresAt', 'revokedAt'],
    (userId) => eq(appKeys.createdBy, userId),
  ),
  source(
    'siteAct',
    siteAudit,
    ['id', 'at', 'action', 'userId', 'roomId', 'reason', 'detail'],
    (userId) => eq(siteAudit.actorId, userId),
  ),
  source(
    'siteActOnYou',
    siteAudit,
    ['id', 'at', 'action', 'roomId', 'reason', 'detail'],
    (userId) => and(eq(siteAudit.userId, userId), ne(siteAudit.actorId, userId)),
  ),
]

const PAGE = 500

/** How far the rows of a user have been read. */
export interface DirectoryPosition {
  source: number
  /** The rowid of the last row that was read. */
  after: number
}

/** The next page of what the directory holds of a user, and where to go on; `next` is null at the end. */
export async function readPage(
  directory: Directory,
  userId: string,
  { source: index, after }: DirectoryPosition,
): Promise<{ lines: string; next: DirectoryPosition | null }> {
  const found = sources[index]
  if (!found) return { lines: '', next: null }
  const { type, table, shown, mine } = found
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>
  const selected = Object.fromEntries(shown.map((name) => [name, columns[name] as SQLiteColumn]))
  // `rowid` is the row's own, whatever its table has for a key: it stays while the row does.
  const rowid = sql<number>`rowid`
  const rows = await directory
    .select({ ...selected, rowid })
    .from(table)
    .where(and(mine(userId), gt(rowid, after)))
    .orderBy(asc(rowid))
    .limit(PAGE)
  const lines = rows.map(({ rowid: _, ...row }) => exportLine({ type }, row)).join('')
  const last = rows[PAGE - 1]
  const next = last ? { source: index, after: Number(last.rowid) } : { source: index + 1, after: 0 }
  return { lines, next }
}

/** The next room that holds something of a user: also one that they left, or wrote in as a visitor. */
export async function nextRoom(
  directory: Directory,
  userId: string,
  after: string,
): Promise<string | undefined> {
  const row = await directory
    .select({ roomId: memberships.roomId })
    .from(memberships)
    .where(
      and(
        eq(memberships.userId, userId),
        eq(memberships.hidden, false),
        gt(memberships.roomId, after),
      ),
    )
    .orderBy(asc(memberships.roomId))
    .limit(1)
    .get()
  return row?.roomId
}
