import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useRooms } from '../../client/react/chatroom-react'
import { useAction, useListing } from '../app/requests'
import { Icon, type IconName } from '../components/icon'
import { Menu } from '../components/menu'
import { Empty, Failure, Skeleton } from '../components/states'
import { RoomItem, type RoomOfUser } from './room-item'

type ListName = 'all' | 'unread' | 'favourites' | 'direct' | 'archived'

interface List {
  title: string
  icon: IconName
  /** What it says when there are none. */
  none: string
  text: string
  has: (room: RoomOfUser) => boolean
}

const isHere = ({ me }: RoomOfUser) => !me?.archived

const LISTS: Readonly<Record<ListName, List>> = {
  all: { title: 'All rooms', icon: 'room', none: '', text: '', has: isHere },
  unread: {
    title: 'Unread',
    icon: 'bell',
    none: 'Nothing is unread',
    text: 'You have read everything, in all your rooms.',
    has: (room) => isHere(room) && Boolean(room.me?.unread || room.me?.unreadMentions),
  },
  favourites: {
    title: 'Favourites',
    icon: 'star',
    none: 'No favourites yet',
    text: 'Open the menu of a room to make it one.',
    has: (room) => isHere(room) && Boolean(room.me?.favourite),
  },
  direct: {
    title: 'Direct messages',
    icon: 'people',
    none: 'No direct messages yet',
    text: 'Find somebody under People and write to them.',
    has: (room) => isHere(room) && room.kind === 'direct',
  },
  archived: {
    title: 'Archive',
    icon: 'archive',
    none: 'The archive is empty',
    text: 'Open the menu of a room to put it here. The next message brings it back.',
    has: (room) => !isHere(room),
  },
}

const NAMES = Object.keys(LISTS) as ListName[]

/** One's rooms: all of them in sections, or one of the lists. */
export function RoomsOfUser({ current }: { current: string | null }) {
  const [name, setName] = useState<ListName>('all')
  const items = NAMES.map((one) => ({
    label: LISTS[one].title,
    icon: LISTS[one].icon,
    isChosen: one === name,
    act: () => setName(one),
  }))
  return (
    <div class="sidebar-rooms">
      <Menu
        label={`${LISTS[name].title}. Choose which rooms are listed`}
        class="list-choice"
        items={items}
      >
        {LISTS[name].title}
        <Icon name="unfold" />
      </Menu>
      {name === 'all' ? (
        <AllRooms current={current} />
      ) : (
        <OneList key={name} name={name} current={current} />
      )}
    </div>
  )
}

function AllRooms({ current }: { current: string | null }) {
  const { rooms, state, more, loadMoreRooms } = useRooms()
  const { run, isBusy } = useAction(loadMoreRooms)
  const shown = rooms.filter(isHere)
  const favourites = shown.filter(LISTS.favourites.has)
  const others = shown.filter((room) => !LISTS.favourites.has(room))
  const direct = others.filter(LISTS.direct.has)
  if (rooms.length === 0 && state !== 'complete')
    return <Skeleton rows={6} label="Loading your rooms" />
  return (
    <>
      {favourites.length > 0 && (
        <RoomSection title="Favourites" rooms={favourites} current={current} />
      )}
      <RoomSection
        title="Rooms"
        rooms={others.filter((room) => !LISTS.direct.has(room))}
        current={current}
      >
        <p class="sidebar-hint">
          None yet. <a href="#/discover">Discover some.</a>
        </p>
      </RoomSection>
      {direct.length > 0 && (
        <RoomSection title="Direct messages" rooms={direct} current={current} />
      )}
      {more && (
        <button type="button" class="button button-quiet" disabled={isBusy} onClick={() => run()}>
          {isBusy ? 'Loading …' : 'Older rooms'}
        </button>
      )}
    </>
  )
}

/** A list as the service has it, with what this page has been told of its rooms since. */
function OneList({ name, current }: { name: ListName; current: string | null }) {
  const { rooms, state } = useRooms()
  const list = useListing<RoomOfUser>(`/v1/me/rooms?sort=recent&list=${name}`)
  const { reload } = list
  // What happened while there was no connection is not told.
  useEffect(() => {
    if (state === 'complete') reload()
  }, [state, reload])
  const known = new Map([...list.items, ...rooms].map((room) => [room.id, room]))
  const { has, none, text, icon } = LISTS[name]
  // What one is reading ceases to be unread, and stays until one goes elsewhere.
  const listed = new Set(list.items.map(({ id }) => id))
  const shown = [...known.values()]
    .filter(
      (room) => has(room) || (name === 'unread' && room.id === current && listed.has(room.id)),
    )
    .sort((a, b) => latestOf(b).localeCompare(latestOf(a)))
  return (
    <>
      {list.problem && <Failure problem={list.problem} onRetry={reload} />}
      {list.isLoading && shown.length === 0 && <Skeleton rows={4} label="Loading your rooms" />}
      {!list.isLoading && !list.problem && shown.length === 0 && (
        <Empty icon={icon} title={none}>
          <p>{text}</p>
        </Empty>
      )}
      <ul aria-label={LISTS[name].title}>
        {shown.map((room) => (
          <RoomItem key={room.id} room={room} isCurrent={room.id === current} />
        ))}
      </ul>
      {list.hasMore && (
        <button type="button" class="button button-quiet" onClick={list.loadMore}>
          Older rooms
        </button>
      )}
    </>
  )
}

const latestOf = ({ lastMessage, createdAt }: RoomOfUser) => lastMessage?.createdAt ?? createdAt

interface SectionProps {
  title: string
  rooms: readonly RoomOfUser[]
  current: string | null
  children?: ComponentChildren
}

function RoomSection({ title, rooms, current, children }: SectionProps) {
  const [isOpen, setOpen] = useState(true)
  const shown = isOpen ? rooms : rooms.filter(({ id, me }) => id === current || me?.unread)
  return (
    <section class="sidebar-section">
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {title}
        </button>
      </h2>
      {rooms.length === 0 && children}
      <ul>
        {shown.map((room) => (
          <RoomItem key={room.id} room={room} isCurrent={room.id === current} />
        ))}
      </ul>
    </section>
  )
}
