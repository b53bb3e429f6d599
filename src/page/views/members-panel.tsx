import { useEffect, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { agoOf } from '../app/dates'
import { useDelayed } from '../app/delayed'
import type { Member } from '../app/members'
import { nameOf } from '../app/names'
import { useListing } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { Avatar } from '../components/avatar'
import { PanelFrame } from '../components/panel-frame'
import { SearchBox } from '../components/search-box'
import { Empty, Failure, Skeleton } from '../components/states'
import { AddMember } from './add-member'
import { MemberMenu } from './member-menu'

/** Who is in the room, and what those who moderate it may do about them. */
export function MembersPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const chat = useChat()
  const [typed, setTyped] = useState('')
  const search = useDelayed(typed.trim())
  const query = search ? `&search=${encodeURIComponent(search)}` : ''
  const list = useListing<Member>(chat.room(room.id).path(`members?limit=50${query}`))
  const { reload } = list
  const may = new Set<string>(room.me?.capabilities)
  const count = room.room?.memberCount
  // Somebody came or went.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again for that reason alone
  useEffect(() => reload(), [count])
  const online = new Set(room.online.users ?? [])
  return (
    <PanelFrame
      title="Members"
      subtitle={`${count ?? ''} here, ${room.online.count} online`}
      onClose={onClose}
    >
      <div class="panel-body">
        <SearchBox label="Find a member" value={typed} onChange={setTyped} />
        {may.has('member.add') && room.room?.kind === 'channel' && (
          <AddMember roomId={room.id} onAdded={reload} />
        )}
        {list.problem && <Failure problem={list.problem} onRetry={reload} />}
        {list.isLoading && <Skeleton rows={5} label="Loading members" />}
        {!list.isLoading && list.items.length === 0 && (
          <Empty icon="people" title="Nobody is called that" />
        )}
        <ul class="people">
          {list.items.map((member) => (
            <MemberRow
              key={member.user.id}
              member={member}
              room={room}
              isOnline={room.online.users ? online.has(member.user.id) : member.online}
              onChange={reload}
            />
          ))}
        </ul>
        {list.hasMore && (
          <button type="button" class="button" onClick={list.loadMore}>
            More members
          </button>
        )}
      </div>
    </PanelFrame>
  )
}

interface RowProps {
  member: Member
  room: RoomModel
  isOnline: boolean
  onChange: () => void
}

function MemberRow({ member, room, isOnline, onChange }: RowProps) {
  const { userId, users } = useChat()
  const user = users.current(member.user)
  const name = nameOf(user)
  const isMuted = member.mutedUntil !== null && Date.parse(member.mutedUntil) > Date.now()
  return (
    <li class="person">
      <Avatar
        id={user.id}
        name={name}
        url={user.avatarUrl}
        presence={isOnline ? 'online' : 'offline'}
      />
      <span class="person-text">
        <b>
          {name}
          {user.id === userId && <small> (you)</small>}
          {isOnline && <span class="visually-hidden">, online</span>}
        </b>
        <small>
          {member.role === 'member' ? (user.username ? `@${user.username}` : 'Guest') : member.role}
          {isMuted && member.mutedUntil && ` · muted, ends ${agoOf(member.mutedUntil)}`}
        </small>
      </span>
      {user.id !== userId && (
        <MemberMenu member={member} name={name} room={room} onChange={onChange} />
      )}
    </li>
  )
}
