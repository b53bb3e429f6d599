import { ApiError } from '../errors'
import type { Message, SharedMessage } from '../schemas/messages'
import { MAX_KINDS, type SharedReaction } from '../schemas/reactions'
import type { Author } from '../schemas/users'
import * as authors from './authors'

/** Gives an emoji to a message: two rows; returns whether it is news. Throws `too_many`. */
export function add(
  sql: SqlStorage,
  { seq, reactions }: SharedMessage,
  emoji: string,
  userId: string,
): boolean {
  const known = reactions.find((reaction) => reaction.emoji === emoji)
  if (!known && reactions.length >= MAX_KINDS) {
    throw new ApiError('too_many', `A message takes ${MAX_KINDS} kinds of emoji.`)
  }
  const row = 'insert or ignore into reactions (message_seq, emoji, user_id) values (?, ?, ?)'
  if (sql.exec(row, seq, emoji, userId).rowsWritten === 0) return false
  write(sql, seq, known ? counted(reactions, emoji, 1) : [...reactions, { emoji, count: 1 }])
  return true
}

/** Takes an emoji back: two rows; returns whether it was there. */
export function remove(
  sql: SqlStorage,
  { seq, reactions }: SharedMessage,
  emoji: string,
  userId: string,
): boolean {
  const row = 'delete from reactions where message_seq = ? and emoji = ? and user_id = ?'
  if (sql.exec(row, seq, emoji, userId).rowsWritten === 0) return false
  write(sql, seq, counted(reactions, emoji, -1))
  return true
}

export function purge(sql: SqlStorage, seq: number): void {
  sql.exec('delete from reactions where message_seq = ?', seq)
}

/** Who gave an emoji, by their ids, after one of them. */
export function reactors(
  sql: SqlStorage,
  seq: number,
  emoji: string,
  after: string,
  limit: number,
): Author[] {
  const ids = sql
    .exec<{ user_id: string }>(
      `select user_id from reactions where message_seq = ? and emoji = ? and user_id > ?
      order by user_id limit ?`,
      seq,
      emoji,
      after,
      limit,
    )
    .toArray()
    .map((row) => row.user_id)
  const known = authors.named(sql, ids)
  return ids.flatMap((id) => known.get(id) ?? [])
}

/** A message as one person sees it. */
export const personal = (sql: SqlStorage, userId: string, message: SharedMessage): Message =>
  show(message, mine(sql, userId, [message]))

/** Messages as one person sees them, in one statement at most. */
export function personalAll(
  sql: SqlStorage,
  userId: string,
  messages: readonly SharedMessage[],
): Message[] {
  const own = mine(sql, userId, messages)
  return messages.map((message) => show(message, own))
}

const show = (message: SharedMessage, own: Set<string>): Message => ({
  ...message,
  reactions: message.reactions.map(({ emoji, count }) => ({
    emoji,
    count,
    me: own.has(`${message.seq} ${emoji}`),
  })),
})

function mine(sql: SqlStorage, userId: string, messages: readonly SharedMessage[]): Set<string> {
  const shown = messages.flatMap(({ seq, reactions }) =>
    reactions.map(({ emoji }) => [seq, emoji] as const),
  )
  if (shown.length === 0) return new Set()
  const rows = sql.exec<{ seq: number; emoji: string }>(
    `select r.message_seq as seq, r.emoji from json_each(?) shown
    cross join reactions r on r.message_seq = shown.value ->> 0
      and r.emoji = shown.value ->> 1 and r.user_id = ?`,
    JSON.stringify(shown),
    userId,
  )
  return new Set(rows.toArray().map(({ seq, emoji }) => `${seq} ${emoji}`))
}

/** Reads the counts that a message's row carries. */
export function parse(json: string | null): SharedReaction[] {
  if (json === null) return []
  const counts: [string, number][] = JSON.parse(json)
  return counts.map(([emoji, count]) => ({ emoji, count }))
}

function write(sql: SqlStorage, seq: number, reactions: SharedReaction[]): void {
  const counts = reactions.map(({ emoji, count }) => [emoji, count])
  const json = counts.length > 0 ? JSON.stringify(counts) : null
  sql.exec('update messages set reactions = ? where seq = ?', json, seq)
}

const counted = (reactions: SharedReaction[], emoji: string, difference: 1 | -1) =>
  reactions
    .map((known) => (known.emoji === emoji ? { emoji, count: known.count + difference } : known))
    .filter(({ count }) => count > 0)
