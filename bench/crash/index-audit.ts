import type { Server } from '../runtime/server'
import * as storage from '../runtime/storage'
import type { Contents } from './room-contents'

interface RoomRow {
  seq: number
  n: number
  member_count: number
  last_message: string | null
}

// Of everyone who ever was in the room; what is in memory there is written down before the index is told.
const MEMBERS = `select user_id, role, joined_at, left_at, read_seq, read_n, sent_count, visited_at`

/** What the directory's index says of a room that the room itself does not, in words. */
export async function differences(
  server: Server,
  roomId: string,
  { room, messages }: Contents,
): Promise<string[]> {
  const database = await server.database('DB')
  const row = await database
    .prepare('select * from rooms where id = ?')
    .bind(roomId)
    .first<RoomRow>()
  const { results } = await database
    .prepare(`${MEMBERS} from memberships where room_id = ? order by user_id`)
    .bind(roomId)
    .all<Record<string, unknown>>()
  const roster = storage.query(server.directory, roomId, `${MEMBERS} from members order by user_id`)
  const sent = new Map<unknown, number>()
  for (const { author } of messages) sent.set(author.id, (sent.get(author.id) ?? 0) + 1)
  return [
    ...unequal('room', [row?.seq, row?.n, row?.member_count], [room.seq, room.n, room.memberCount]),
    ...unequal('last message', JSON.parse(row?.last_message ?? 'null')?.seq, room.lastMessage?.seq),
    ...unequal('roster', results, roster),
    ...unequal(
      'messages of each',
      results.map(({ sent_count }) => sent_count),
      results.map(({ user_id }) => sent.get(user_id) ?? 0),
    ),
  ]
}

function unequal(what: string, index: unknown, room: unknown): string[] {
  const [left, right] = [JSON.stringify(index), JSON.stringify(room)]
  return left === right ? [] : [`${what}: the index says ${left}, the room ${right}`]
}
