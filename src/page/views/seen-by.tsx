import type { Author } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { nameOf } from '../app/names'
import { type Reader, useReceipts } from '../app/receipts'
import type { RoomModel } from '../app/room-model'

const NAMED = 3

/** Who has read the last message of one's own. It has its place below the messages, so that nothing moves when somebody reads. */
export function SeenBy({ room }: { room: RoomModel }) {
  const { userId } = useChat()
  const readers = useReceipts(room)
  const last = room.messages.findLast(({ status }) => status === 'sent')
  const isOwn = last !== undefined && last.author.id === userId && !last.deletedAt
  const seen = isOwn ? readersOf(readers, last) : []
  return (
    <p class="seen-by">
      {seen.length > 0 && (
        <span title={seen.map(nameOf).join(', ')}>
          {room.room?.kind === 'direct' ? 'Seen' : `Seen by ${namesOf(seen)}`}
        </span>
      )}
    </p>
  )
}

const readersOf = (readers: readonly Reader[], { seq }: { seq: number | null }): Author[] =>
  readers.filter((reader) => seq !== null && reader.seq >= seq).map(({ user }) => user)

function namesOf(users: readonly Author[]): string {
  const named = users.slice(0, users.length > NAMED ? NAMED - 1 : NAMED).map(nameOf)
  const more = users.length - named.length
  const all = more > 0 ? [...named, `${more} others`] : named
  return list.format(all)
}

const list = new Intl.ListFormat('en')
