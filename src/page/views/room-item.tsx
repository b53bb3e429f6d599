import type { RoomsView } from '../../client/chat'
import { usePresence } from '../../client/react/chatroom-react'
import { shortDateOf } from '../app/dates'
import { plainText } from '../app/markup'
import { nameOfRoom } from '../app/names'
import { addressOf } from '../app/routes'
import { Avatar } from '../components/avatar'
import { Count } from '../components/count'
import { Icon } from '../components/icon'

export type RoomOfUser = RoomsView['rooms'][number]

/** A room of the list: its name, what was said last, and what is unread. */
export function RoomItem({ room, isCurrent }: { room: RoomOfUser; isCurrent: boolean }) {
  const { id, me, peer, lastMessage, access, hasPassword } = room
  const presence = usePresence(peer?.id ?? '')
  const name = nameOfRoom(room)
  const unread = me?.unread ?? 0
  const mentions = me?.unreadMentions ?? 0
  const isQuiet = me?.notify === 'none' || Boolean(me?.snoozedUntil)
  return (
    <li>
      <a
        class={unread > 0 && !isQuiet ? 'room-item room-item-unread' : 'room-item'}
        href={addressOf.room(id)}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <Avatar
          id={peer?.id ?? id}
          name={name}
          url={peer?.avatarUrl ?? room.avatarUrl}
          shape={peer ? 'round' : 'square'}
          {...(peer ? { presence } : {})}
        />
        <span class="room-item-text">
          <span class="room-item-line">
            <span class="room-item-name">
              <bdi>{name}</bdi>
              {access === 'closed' && !peer && <Icon name="lock" />}
              {isQuiet && <Icon name="mute" />}
            </span>
            {lastMessage && (
              <time dateTime={lastMessage.createdAt}>{shortDateOf(lastMessage.createdAt)}</time>
            )}
          </span>
          <span class="room-item-line">
            <span class="room-item-last" dir="auto">
              {lastMessage
                ? lastOf(lastMessage, peer !== null)
                : hasPassword
                  ? 'Closed room'
                  : 'Nothing was said yet'}
            </span>
            <Badge unread={unread} mentions={mentions} isQuiet={isQuiet} />
          </span>
        </span>
        {peer && presence !== 'offline' && <span class="visually-hidden">, {presence}</span>}
      </a>
    </li>
  )
}

interface BadgeProps {
  unread: number
  mentions: number
  isQuiet: boolean
}

function Badge({ unread, mentions, isQuiet }: BadgeProps) {
  const what =
    mentions > 0 ? `, ${mentions} of them ${mentions === 1 ? 'mentions' : 'mention'} you` : ''
  const tone = mentions > 0 ? 'mention' : isQuiet ? 'quiet' : 'plain'
  return <Count count={Math.max(unread, mentions)} what={`unread${what}`} tone={tone} />
}

function lastOf(
  { author, preview, attachments }: NonNullable<RoomOfUser['lastMessage']>,
  isDirect: boolean,
) {
  const what = preview
    ? plainText(preview)
    : attachments
      ? attached(attachments)
      : 'Message deleted'
  return isDirect ? what : `${author.displayName}: ${what}`
}

function attached({ kind, count }: { kind: string | null; count: number }): string {
  const names: Record<string, string> = {
    image: 'photo',
    video: 'video',
    audio: 'sound',
    document: 'document',
  }
  const name = names[kind ?? ''] ?? 'file'
  return count === 1 ? `A ${name}` : `${count} ${name}s`
}
