import { readdirSync, readFileSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { newId } from '../../src/ids'
import { bytesPerRow, oneOf, randomText, withDatabase } from './database'

const USERS = 10_000
const ROOMS = 10_000
const MANY = 100_000
const NOW = Date.UTC(2026, 10, 27)

/** Bytes that a row of each kind takes in D1, with its indexes. */
export type DirectorySizes = Record<
  'user' | 'session' | 'edge' | 'room' | 'listedRoom' | 'membership' | 'mention' | 'directRoom',
  number
>

/** Rows as the service writes them, in an order in which they come: users by age, the rest by chance. */
export const directorySizes = (): DirectorySizes =>
  withDatabase((database) => {
    migrate(database)
    const userIds = Array.from({ length: USERS }, newId)
    const roomIds = Array.from({ length: ROOMS }, newId)
    const insert =
      (table: string, row: (index: number) => Record<string, SQLInputValue>) =>
      (into: DatabaseSync) => {
        const columns = Object.keys(row(0))
        const values = columns.map((column) => `$${column}`)
        const statement = into.prepare(
          `insert or ignore into ${table} (${columns.join(', ')}) values (${values.join(', ')})`,
        )
        return (index: number) => void statement.run(row(index))
      }
    const user = bytesPerRow(
      database,
      USERS,
      insert('users', (at) => userRow(userIds[at] ?? '')),
    )
    const session = bytesPerRow(
      database,
      2 * USERS,
      insert('sessions', () => sessionRow(oneOf(userIds))),
    )
    const edge = bytesPerRow(
      database,
      MANY,
      insert('ties', () => ({
        from_id: oneOf(userIds),
        kind: 'friend',
        to_id: oneOf(userIds),
        at: NOW + Math.floor(Math.random() * 1e9),
      })),
    )
    const half = ROOMS / 2
    const room = bytesPerRow(
      database,
      half,
      insert('rooms', (at) => roomRow(roomIds[at] ?? '', 0)),
    )
    const listedRoom = bytesPerRow(
      database,
      half,
      insert('rooms', (at) => roomRow(roomIds[half + at] ?? '', 1)),
    )
    const membership = bytesPerRow(
      database,
      MANY,
      insert('memberships', () => membershipRow(oneOf(userIds), oneOf(roomIds))),
    )
    const mention = bytesPerRow(
      database,
      MANY,
      insert('mentions', (at) => ({
        user_id: oneOf(userIds),
        at: NOW + at * 1000,
        room_id: oneOf(roomIds),
        seq: at,
        author_id: oneOf(userIds),
      })),
    )
    const directRoom = bytesPerRow(
      database,
      MANY,
      insert('direct_rooms', () => ({
        low: oneOf(userIds),
        high: oneOf(userIds),
        room_id: newId(),
      })),
    )
    return { user, session, edge, room, listedRoom, membership, mention, directRoom }
  })

function migrate(database: DatabaseSync): void {
  const files = readdirSync('migrations').filter((name) => name.endsWith('.sql'))
  for (const file of files.sort()) database.exec(readFileSync(`migrations/${file}`, 'utf8'))
}

function userRow(id: string) {
  const username = randomText(12)
  return {
    id,
    username,
    username_skeleton: username,
    display_name: 'Ana María López',
    folded_name: 'ana maria lopez',
    email: `${username}@mail.example`,
    email_claimed_at: NOW,
    password_hash: `$scrypt$ln=14,r=8,p=5$${randomText(22)}$${randomText(43)}`,
    created_at: NOW,
  }
}

const sessionRow = (userId: string) => ({
  id: newId(),
  user_id: userId,
  name: 'Firefox on Windows',
  rotated_at: NOW,
  created_at: NOW,
  proven_at: NOW,
})

const roomRow = (id: string, listed: 0 | 1) => ({
  id,
  version: 4711,
  kind: 'channel',
  access: 'open',
  listed,
  receipts: 'public',
  has_password: 0,
  slow_mode_seconds: 0,
  frozen: 0,
  plain_files: 0,
  name: `Harbour crew ${randomText(4)}`,
  name_key: `harbour crew ${randomText(4)}`,
  topic: 'Tides, boats, coffee, and who has the key to the shed',
  created_at: NOW,
  seq: 5000,
  n: 4000,
  member_count: 20,
  last_message: JSON.stringify({
    seq: 5000,
    authorId: newId(),
    preview: 'See you at the harbour at eight, and bring the lamp.',
    at: NOW,
  }),
  last_message_at: NOW + Math.floor(Math.random() * 1e9),
})

const membershipRow = (userId: string, roomId: string) => ({
  user_id: userId,
  room_id: roomId,
  version: 4711,
  role: 'member',
  joined_at: NOW,
  read_seq: 5000,
  read_n: 4000,
  sent_count: 200,
  visited_at: NOW,
})
