import { ApiError } from '../../errors'
import type { Message, SharedMessage } from '../../schemas/messages'
import { MAX_EMOJI_PER_MESSAGE, type SharedReaction } from '../../schemas/reactions'
import type { Author } from '../../schemas/users'
import * as authors from './author-cache'
import { seqRangeOf } from './sequence'

/** Adds a user's reaction, in two rows. Returns false if they gave this emoji already. Throws `too_many`. */
export function add(
  sql: SqlStorage,
  { seq, reactions }: SharedMessage,
  emoji: string,
  userId: string,
): boolean {
  const existing = reactions.find((reaction) => reaction.emoji === emoji)
  if (!existing && reactions.length >= MAX_EMOJI_PER_MESSAGE) {
    throw new ApiError('too_many', `A message takes ${MAX_EMOJI_PER_MESSAGE} kinds of emoji.`)
  }
  const row = 'insert or ignore into reactions (message_seq, emoji, user_id) values (?, ?, ?)'
  if (sql.exec(row, seq, emoji, userId).rowsWritten === 0) return false
  write(sql, seq, existing ? addToCount(reactions, emoji, 1) : [...reactions, { emoji, count: 1 }])
  return true
}

/** Removes a user's reaction, in two rows. Returns whether there was one. */
export function remove(
  sql: SqlStorage,
  { seq, reactions }: SharedMessage,
  emoji: string,
  userId: string,
): boolean {
  const row = 'delete from reactions where message_seq = ? and emoji = ? and user_id = ?'
  if (sql.exec(row, seq, emoji, userId).rowsWritten === 0) return false
  write(sql, seq, addToCount(reactions, emoji, -1))
  return true
}

export function purge(sql: SqlStorage, seq: number): void {
  sql.exec('delete from reactions where message_seq = ?', seq)
}

/** Users who gave an emoji, sorted by id, after one of them. */
export function reactors(
  sql: SqlStorage,
  { seq, emoji }: { seq: number; emoji: string },
  after: string,
  limit: number,
): Author[] {
  const ids = sql
    .exec<{ user_id: string }>(
      `select user_id from reactions where message_seq = ? and emoji = ? and user_id > ?
      order by user_id limit +?`,
      seq,
      emoji,
      after,
      limit,
    )
    .toArray()
    .map((row) => row.user_id)
  const authorsById = authors.findMany(sql, ids)
  return ids.flatMap((id) => authorsById.get(id) ?? [])
}

/** A message as one user sees it: with their own reactions marked. */
export const personalize = (sql: SqlStorage, userId: string, message: SharedMessage): Message =>
  personalizeAll(sql, userId, [message])[0] as Message

/** Messages as one user sees them, in one query at most. */
export function personalizeAll(
  sql: SqlStorage,
  userId: string,
  messages: readonly SharedMessage[],
): Message[] {
  const own = findOwn(sql, userId, messages)
  return messages.map((message) => ({
    ...message,
    reactions: message.reactions.map(({ emoji, count }) => ({
      emoji,
      count,
      me: own.get(message.seq)?.includes(emoji) ?? false,
    })),
  }))
}

// Up to this many reactions, reading the whole range is as fast as looking up each that the page shows.
const MAX_RANGE_SCAN = 400
const BETWEEN = `select json_group_array(message_seq) as seqs, json_group_array(emoji) as emojis
  from reactions where message_seq between ? and ? and user_id = ?`
// Strings rather than nested arrays: SQLite takes them apart in a fifth of the time.
const EACH = `select json_group_array(seq) as seqs, json_group_array(emoji) as emojis
  from (select cast(value as integer) as seq, substr(value, instr(value, ' ') + 1) as emoji
    from json_each(?)) shown
  where exists (select 1 from reactions r
    where r.message_seq = shown.seq and r.emoji = shown.emoji and r.user_id = ?)`

/** The user's own reactions among those that these messages show, by seq. */
function findOwn(
  sql: SqlStorage,
  userId: string,
  messages: readonly SharedMessage[],
): Map<number, string[]> {
  const count = messages.reduce((sum, { reactions }) => sum + totalOf(reactions), 0)
  if (count === 0) return new Map()
  const range = count <= MAX_RANGE_SCAN ? seqRangeOf(messages) : null
  const { seqs, emojis } = (
    range
      ? sql.exec<Given>(BETWEEN, range.first, range.last, userId)
      : sql.exec<Given>(EACH, JSON.stringify(messages.flatMap(keysOf)), userId)
  ).one()
  const given: string[] = JSON.parse(emojis)
  const own = new Map<number, string[]>()
  for (const [index, seq] of (JSON.parse(seqs) as number[]).entries()) {
    const emoji = given[index] as string
    const emojisOfMessage = own.get(seq)
    if (emojisOfMessage) emojisOfMessage.push(emoji)
    else own.set(seq, [emoji])
  }
  return own
}

type Given = { seqs: string; emojis: string }

const totalOf = (reactions: SharedReaction[]) =>
  reactions.reduce((sum, { count }) => sum + count, 0)

const keysOf = ({ seq, reactions }: SharedMessage) =>
  reactions.map(({ emoji }) => `${seq} ${emoji}`)

/** How often an emoji was given to a message, as the message's row stores it. */
export type EmojiCount = [emoji: string, count: number]

export const fromCounts = (counts: EmojiCount[] | null): SharedReaction[] =>
  (counts ?? []).map(([emoji, count]) => ({ emoji, count }))

function write(sql: SqlStorage, seq: number, reactions: SharedReaction[]): void {
  const counts: EmojiCount[] = reactions.map(({ emoji, count }) => [emoji, count])
  const json = counts.length > 0 ? JSON.stringify(counts) : null
  sql.exec('update messages set reactions = ? where seq = ?', json, seq)
}

const addToCount = (reactions: SharedReaction[], emoji: string, difference: 1 | -1) =>
  reactions
    .map((one) => (one.emoji === emoji ? { emoji, count: one.count + difference } : one))
    .filter(({ count }) => count > 0)
