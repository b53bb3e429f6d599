import { useMemo, useRef, useState } from 'preact/hooks'
import { useRoom, useRooms } from '../../client/react/chatroom-react'
import { nameOfRoom } from '../app/names'
import type { RoomModel, RoomRoute } from '../app/room-model'
import { useTitle } from '../app/title'
import { Empty, Skeleton } from '../components/states'
import { Composer } from './composer'
import { JoinRoom } from './join-room'
import { Panel } from './panel'
import { RoomHeader } from './room-header'
import { Timeline } from './timeline'

/** A room: what was said, where to say something, and at the side a thread, its members or its settings. */
export function RoomView({ route }: { route: RoomRoute }) {
  const room = useRoom(route.roomId)
  const { rooms } = useRooms()
  const listed = useMemo(() => rooms.find(({ id }) => id === route.roomId), [rooms, route.roomId])
  const peer = listed?.peer ?? null
  const known = room.room ?? listed
  const name = known ? nameOfRoom({ ...known, peer }) : 'Room'
  useTitle(known ? name : null)
  const [editing, setEditing] = useState<number | null>(null)
  const composer = useRef<HTMLTextAreaElement>(null)

  if (room.ended) return <Ended room={room} name={name} />
  const isJoined = room.me !== null
  const isOpen = known?.access === 'open'
  const hasPanel = route.panel !== null || route.thread !== null
  return (
    <div class={hasPanel ? 'room room-with-panel' : 'room'}>
      <section class="conversation" aria-label={name}>
        <RoomHeader room={room} name={name} peer={peer} route={route} />
        {room.room || room.messages.length > 0 ? (
          <Timeline
            room={room}
            route={route}
            editing={editing}
            onEdit={setEditing}
            onDone={() => composer.current?.focus()}
          />
        ) : (
          <div class="timeline-loading">
            <Skeleton rows={7} label="Loading messages" />
          </div>
        )}
        {isJoined || isOpen || !known ? (
          <Composer
            room={room}
            name={name}
            field={composer}
            onEditLast={(seq) => setEditing(seq)}
          />
        ) : (
          <JoinRoom roomId={route.roomId} />
        )}
      </section>
      {hasPanel && <Panel room={room} route={route} />}
    </div>
  )
}

const ENDINGS = {
  removed: ['You were removed from this room', 'Somebody who moderates it took you out.'],
  banned: [
    'You are banned from this room',
    'You cannot read or write here until the ban is lifted.',
  ],
  deleted: ['This room was deleted', 'Its messages are gone.'],
  unknown: ['There is no such room', 'It was deleted, or the address is wrong.'],
  refused: ['You cannot open this room', 'It does not exist, or it is not open to you.'],
} as const

function Ended({ room, name }: { room: RoomModel; name: string }) {
  const isKnown = room.room !== null
  const [title, text] =
    ENDINGS[room.ended === 'deleted' && !isKnown ? 'unknown' : (room.ended ?? 'refused')]
  return (
    <div class="room">
      <section class="conversation" aria-label={name}>
        <RoomHeader room={room} name={name} peer={null} route={null} />
        <div class="ended" role="alert">
          <Empty icon={room.ended === 'banned' ? 'ban' : 'lock'} title={title}>
            <p>{text}</p>
            {room.ended === 'refused' && <JoinRoom roomId={room.id} />}
            <p>
              <a href="#/discover">Discover other rooms</a>
            </p>
          </Empty>
        </div>
      </section>
    </div>
  )
}
