import type { DatabaseSync } from 'node:sqlite'
import { newId } from '../../src/ids'
import { migrate } from '../../src/room/store/schema'
import { bytesPerRow, oneOf, randomText, withDatabase } from './database'

const MESSAGES = 100_000
const LONG = 5000
const MEMBERS = 1000
const NOW = Date.UTC(2026, 10, 27)
const WORDS =
  'the tide turns at eight and the boats are back in the harbour by noon with coffee'.split(' ')

/** Bytes that a row of each kind takes in a room's object, with its indexes. */
export type RoomSizes = Record<
  | 'member'
  | 'message'
  | 'longMessage'
  | 'longChineseMessage'
  | 'reaction'
  | 'mention'
  | 'version'
  | 'ban'
  | 'event',
  number
>

/** A message of about 60 characters, one word of which few others have. */
export const sentence = (): string =>
  [...Array.from({ length: 11 }, () => oneOf(WORDS)), `wave${randomText(3)}`].join(' ')

/** Rows as the service writes them. */
export const roomSizes = (): RoomSizes =>
  withDatabase((database) => {
    migrate(storageOf(database))
    const userIds = Array.from({ length: MEMBERS }, newId)
    const per = (
      count: number,
      query: string,
      row: (index: number) => (string | number | null)[],
    ) =>
      bytesPerRow(database, count, (into) => {
        const statement = into.prepare(query)
        return (index) => void statement.run(...row(index))
      })
    const long = (text: string, round: number) =>
      per(
        LONG,
        'insert into messages (seq, n, author_id, nonce, text, created_at) values (?, ?, ?, ?, ?, ?)',
        (at) => {
          const seq = MESSAGES + round * LONG + at
          return [seq, seq, oneOf(userIds), crypto.randomUUID(), text, NOW + at * 1000]
        },
      )
    return {
      member: per(
        10_000,
        `insert into members (user_id, username, display_name, profile_version, unconfirmed, role, joined_at, removed,
          read_seq, read_n, told_seq, sent_count, visited_at, version) values (?, ?, ?, 1, 0, 'member', ?, 0, ?, ?, ?, 200, ?, ?)`,
        (at) => [newId(), randomText(12), 'Ana María López', NOW + at, at, at, at, NOW, at],
      ),
      // A nonce is a random UUID, as in the examples of the API.
      message: per(
        MESSAGES,
        'insert into messages (seq, n, author_id, nonce, text, created_at) values (?, ?, ?, ?, ?, ?)',
        (at) => [at + 1, at + 1, oneOf(userIds), crypto.randomUUID(), sentence(), NOW + at * 1000],
      ),
      longMessage: long('x'.repeat(4000), 1),
      longChineseMessage: long('海'.repeat(4000), 2),
      reaction: per(
        MESSAGES,
        `insert or ignore into reactions (message_seq, emoji, user_id) values (?, '👍', ?)`,
        (at) => [at + 1, oneOf(userIds)],
      ),
      mention: per(MESSAGES, 'insert into mentions (user_id, n) values (?, ?)', (at) => [
        oneOf(userIds),
        at + 1,
      ]),
      version: per(
        MESSAGES,
        'insert into versions (message_seq, written_at, text) values (?, ?, ?)',
        (at) => [at + 1, NOW + at, sentence()],
      ),
      ban: per(
        10_000,
        'insert into bans (user_id, by, reason, created_at) values (?, ?, ?, ?)',
        () => [newId(), oneOf(userIds), 'Spam.', NOW],
      ),
      event: per(
        MESSAGES,
        `insert into events (seq, type, at, by, user_id, message_seq, emoji, audited) values (?, 'reaction.added', ?, ?, null, ?, '👍', 0)`,
        (at) => [2 * MESSAGES + at + 1, NOW, oneOf(userIds), at + 1],
      ),
    }
  })

/** As much of a room's storage as its migrations ask for. */
function storageOf(database: DatabaseSync): DurableObjectStorage {
  const exec = (query: string, ...bindings: (string | number)[]) => {
    if (bindings.length === 0 && !/^\s*select/i.test(query)) database.exec(query)
    const rows = /^\s*select|^\s*insert.*\?/is.test(query)
      ? database.prepare(query).all(...bindings)
      : []
    return { toArray: () => rows, one: () => rows[0] }
  }
  const storage = { sql: { exec }, transactionSync: (work: () => unknown) => work() }
  return storage as unknown as DurableObjectStorage
}
