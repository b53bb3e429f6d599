import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { useDelayed } from '../app/delayed'
import { useAction, useListing } from '../app/requests'
import { addressOf, go } from '../app/routes'
import { useTitle } from '../app/title'
import { Avatar } from '../components/avatar'
import { Dialog } from '../components/dialog'
import { FormProblem } from '../components/field'
import { Icon } from '../components/icon'
import { SearchBox } from '../components/search-box'
import { Empty, Failure, Skeleton } from '../components/states'
import { JoinRoom } from './join-room'
import { ViewFrame } from './view-frame'

interface ListedRoom {
  id: string
  access: 'open' | 'closed'
  hasPassword: boolean
  joined: boolean
  name: string | null
  topic: string | null
  avatarUrl: string | null
  memberCount: number
}

/** Rooms that anyone may find. */
export function Discover() {
  useTitle('Discover')
  const [typed, setTyped] = useState('')
  const search = useDelayed(typed.trim())
  const path = search ? `/v1/rooms?search=${encodeURIComponent(search)}` : '/v1/rooms?sort=active'
  const { items, isLoading, hasMore, problem, loadMore, reload } = useListing<ListedRoom>(path)
  return (
    <ViewFrame title="Discover" subtitle="Rooms that everyone here may find.">
      <SearchBox label="Find a room by its name" value={typed} onChange={setTyped} />
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={5} label="Loading rooms" />}
      {!isLoading && !problem && items.length === 0 && (
        <Empty icon="compass" title={search ? 'No room is called that' : 'There are no rooms yet'}>
          <p>
            <a href="#/new-room">Make one</a>, and others will find it here.
          </p>
        </Empty>
      )}
      <ul class="cards">
        {items.map((room) => (
          <RoomCard key={room.id} room={room} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="button" onClick={loadMore}>
          More rooms
        </button>
      )}
    </ViewFrame>
  )
}

function RoomCard({ room }: { room: ListedRoom }) {
  const chat = useChat()
  const [isAsking, setAsking] = useState(false)
  const { run, isBusy, problem } = useAction(async () => {
    await chat.request('PUT', `/v1/rooms/${room.id}/members/@me`, {})
    go(addressOf.room(room.id))
  })
  const name = room.name ?? 'Unnamed room'
  return (
    <li class="card">
      <Avatar id={room.id} name={name} url={room.avatarUrl} shape="square" size="large" />
      <div class="card-text">
        <p class="card-title">
          {name}
          {room.access === 'closed' && <Icon name="lock" />}
        </p>
        {room.topic && <p class="card-topic">{room.topic}</p>}
        <p class="card-facts">
          {room.memberCount} {room.memberCount === 1 ? 'member' : 'members'}
        </p>
        <FormProblem problem={problem} />
      </div>
      {room.joined ? (
        <a class="button" href={addressOf.room(room.id)}>
          Open<span class="visually-hidden"> {name}</span>
        </a>
      ) : room.access === 'open' ? (
        <span class="card-actions">
          <a class="button button-quiet" href={addressOf.room(room.id)}>
            Look<span class="visually-hidden"> into {name}</span>
          </a>
          <button
            type="button"
            class="button button-primary"
            disabled={isBusy}
            onClick={() => run()}
          >
            Join<span class="visually-hidden"> {name}</span>
          </button>
        </span>
      ) : (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          Join …<span class="visually-hidden"> {name}</span>
        </button>
      )}
      {isAsking && (
        <Dialog title={`Join ${name}`} onClose={() => setAsking(false)}>
          <JoinRoom roomId={room.id} onJoined={() => go(addressOf.room(room.id))} />
        </Dialog>
      )}
    </li>
  )
}
