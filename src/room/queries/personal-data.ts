import { exportLine } from '../../schemas/export-lines'

/** Where the rows of a user are, in a table of the room. In conditions, ?1 is the user. */
interface Source {
  type: string
  table: string
  /** What the user is told. */
  columns: string
  /** In what order rows are read, by an index that begins with `owned` if there is that. */
  key: readonly string[]
  /** Finds the user's rows by an index. */
  owned?: string
  /** Which of the rows that are read are the user's. */
  mine?: string
}

/**
 * All that a room holds of a user. Left out is what is somebody else's (who muted them, who replied), what is derived, and
 * what only this service could use. A table or column that is neither here nor in the test of exports fails that test.
 */
export const sources: readonly Source[] = [
  {
    type: 'member',
    table: 'members',
    columns:
      'username, display_name, avatar, role, joined_at, left_at, removed, muted_until, posted_at, read_seq, read_n, read_t, sent_count, visited_at, notify, snoozed_until, favourite, archived_t, metadata',
    key: ['user_id'],
    owned: 'user_id = ?1',
  },
  {
    type: 'message',
    table: 'messages',
    columns:
      'seq, n, t, nonce, text, created_at, edited_at, deleted_at, reply_to, also_in_room, reply_count, last_reply_at, mentions, mentions_room, dropped_mentions, reactions, pinned_at, kind, format_version, entities, metadata',
    key: ['nonce'],
    owned: 'author_id = ?1',
  },
  {
    type: 'version',
    table: 'versions',
    columns: 'message_seq, written_at, text',
    key: ['message_seq', 'written_at'],
    mine: '(select author_id from messages where seq = message_seq) = ?1',
  },
  {
    type: 'reaction',
    table: 'reactions',
    columns: 'message_seq, emoji',
    key: ['message_seq', 'emoji', 'user_id'],
    mine: 'user_id = ?1',
  },
  {
    type: 'pin',
    table: 'messages',
    columns: 'seq, pinned_at',
    key: ['seq'],
    owned: 'pinned_at is not null and pinned_by = ?1',
  },
  {
    type: 'mention',
    table: 'mentions',
    columns: 'n',
    key: ['n'],
    owned: 'user_id = ?1',
  },
  {
    type: 'thread',
    table: 'thread_follows',
    columns: 'root_seq, read_count, following, mentioned_seq',
    key: ['root_seq'],
    owned: 'user_id = ?1',
  },
  {
    type: 'act',
    table: 'events',
    columns: 'seq, type, at, user_id, from_seq, message_seq, member_count, reason, emoji',
    key: ['seq'],
    mine: 'by = ?1',
  },
  {
    type: 'event',
    table: 'events',
    columns: 'seq, type, at, from_seq, message_seq, member_count, reason, emoji',
    key: ['seq'],
    mine: 'user_id = ?1 and by <> ?1',
  },
  {
    type: 'ban',
    table: 'bans',
    columns: 'reason, created_at, expires_at, by_staff',
    key: ['user_id'],
    owned: 'user_id = ?1',
  },
  {
    type: 'banByYou',
    table: 'bans',
    columns: 'user_id, reason, created_at, expires_at',
    key: ['user_id'],
    mine: 'by = ?1 and user_id <> ?1',
  },
  {
    type: 'allowed',
    table: 'allowlist',
    columns: 'created_at',
    key: ['user_id'],
    owned: 'user_id = ?1',
  },
  {
    type: 'allowedByYou',
    table: 'allowlist',
    columns: 'user_id, created_at',
    key: ['user_id'],
    mine: 'by = ?1 and user_id <> ?1',
  },
  {
    type: 'invite',
    table: 'invites',
    columns: 'id, created_at, expires_at, max_uses, uses, revoked',
    key: ['id'],
    mine: 'by = ?1',
  },
  {
    type: 'inviteUse',
    table: 'invite_uses',
    columns: 'invite_id, at',
    key: ['invite_id', 'at', 'user_id'],
    mine: 'user_id = ?1',
  },
  {
    type: 'media',
    table: 'media',
    columns:
      'id, kind, type, name, size, width, height, orientation, duration, thumb_hash, created_at, message_seq, position, upload_metadata',
    key: ['id'],
    mine: 'owner_id = ?1 and etag is not null',
  },
  {
    type: 'upload',
    table: 'uploads',
    columns: 'id, type, name, length, offset, thumb_hash, created_at, expires_at, upload_metadata',
    key: ['id'],
    mine: 'owner_id = ?1',
  },
  {
    type: 'erasure',
    table: 'erasures',
    columns: 'from_seq, to_seq, at',
    key: ['to_seq', 'from_seq'],
    owned: 'author_id = ?1',
  },
]

/** How far the rows of a user have been read. */
export interface PersonalDataPosition {
  source: number
  /** The key of the last row that was read; null for none. */
  after: (string | number)[] | null
}

/** Rows that are looked at in one window, and windows, bytes and files in one slice: a few milliseconds of the room. */
const WINDOW = 100
const MAX_WINDOWS = 20
const MAX_BYTES = 32 * 1024
const MAX_FILES = 100

/** The next lines of what a room holds of a user, and where to go on; `next` is null at the end. */
export function readPersonalData(
  sql: SqlStorage,
  { roomId, userId, from }: { roomId: string; userId: string; from: PersonalDataPosition },
): { lines: string; files: number; next: PersonalDataPosition | null } {
  let { source: index, after } = from
  let lines = ''
  let files = 0
  for (let windows = 0; windows < MAX_WINDOWS; windows += 1) {
    const source = sources[index]
    if (!source) return { lines, files, next: null }
    if (lines.length >= MAX_BYTES || files >= MAX_FILES) break
    const { rows, last } = readWindow(sql, source, userId, after)
    for (const row of rows) lines += exportLine({ type: source.type, roomId }, row)
    if (source.type === 'media') files += rows.length
    if (last === null) index += 1
    after = last
  }
  return { lines, files, next: { source: index, after } }
}

function readWindow(
  sql: SqlStorage,
  { table, columns, key, owned, mine }: Source,
  userId: string,
  after: PersonalDataPosition['after'],
) {
  const keys = key.join(', ')
  const numbered = key.map((_, index) => `?${index + 2}`).join(', ')
  const conditions = [...(owned ? [owned] : []), ...(after ? [`(${keys}) > (${numbered})`] : [])]
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  const bound = [userId, ...(after ?? [])]
  // Named once where it might be named nowhere, because every value that is bound has to be.
  const window = `from ${table} ${where} ${where ? 'and' : 'where'} ?1 is not null order by ${keys}`
  const rows = sql
    .exec(
      `select ${columns} from (select * ${window} limit +${WINDOW}) ${mine ? `where ${mine}` : ''}`,
      ...bound,
    )
    .toArray()
  const [last] = sql
    .exec<Record<string, string | number>>(
      `select ${keys} ${window} limit +1 offset +${WINDOW - 1}`,
      ...bound,
    )
    .toArray()
  return { rows, last: last ? key.map((name) => last[name] as string | number) : null }
}
