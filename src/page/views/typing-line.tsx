import { nameOf } from '../app/names'
import type { RoomModel } from '../app/room-model'

/** Who is writing something. */
export function TypingLine({ room }: { room: RoomModel }) {
  const names = room.typing.map(nameOf)
  const [first = '', second = ''] = names
  const text =
    names.length === 0
      ? ''
      : names.length === 1
        ? `${first} is typing`
        : names.length === 2
          ? `${first} and ${second} are typing`
          : 'Several people are typing'
  return (
    <p class="typing" aria-live="off">
      {text && (
        <>
          {text}
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </>
      )}
    </p>
  )
}
