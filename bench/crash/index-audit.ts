import type { Contents } from './room-contents'

interface RoomRow {
  seq: number
  n: number
  member_count: number
  last_message: string | null
}

interface MembershipRow {
  user_id: string
  role: string
  joined_at: number
  sent_count: number
}

/** What the directory's index says of a room that the room itself does not, in words. */
export async function differences(
  database: D1Database,
  roomId: string,
  { room, members, messages }: Contents,
): Promise<string[]> {
  const row = await database
    .prepare('select * from rooms where id = ?')
    .bind(roomId)
    .first<RoomRow>()
  const { results } = await database
    .prepare('select * from memberships where room_id = ? and left_at is null')
    .bind(roomId)
    .all<MembershipRow>()
  const sent = new Map<string, number>()
  for (const { author } of messages) sent.set(author.id, (sent.get(author.id) ?? 0) + 1)
  return [
    ...unequal('room', [row?.seq, row?.n, row?.member_count], [room.seq, room.n, room.memberCount]),
    ...unequal('last message', JSON.parse(row?.last_message ?? 'null')?.seq, room.lastMessage?.seq),
    ...unequal(
      'roster',
      results.map((r) => [r.user_id, r.role, r.joined_at, r.sent_count]).sort(),
      members
        .map(({ user, role, joinedAt }) => [
          user.id,
          role,
          Date.parse(joinedAt),
          sent.get(user.id) ?? 0,
        ])
        .sort(),
    ),
  ]
}

function unequal(what: string, index: unknown, room: unknown): string[] {
  const [left, right] = [JSON.stringify(index), JSON.stringify(room)]
  return left === right ? [] : [`${what}: the index says ${left}, the room ${right}`]
}
