import { useState } from 'preact/hooks'
import type { Me } from '../../client/protocol'
import { useChat, useRooms } from '../../client/react/chatroom-react'
import { useAction } from '../app/requests'
import { addressOf, go, type Route } from '../app/routes'
import { Avatar } from '../components/avatar'
import { Brand } from '../components/brand'
import { Icon } from '../components/icon'
import { Menu } from '../components/menu'
import { Skeleton } from '../components/states'
import { RoomItem } from './room-item'

/** Rooms with their badges, and the ways to others. */
export function Sidebar({ route, me }: { route: Route; me: Me | null }) {
  return (
    <nav class="sidebar" aria-label="Rooms and people">
      <header class="sidebar-head">
        <a class="brand" href={addressOf.home}>
          <Brand />
        </a>
        <Menu
          label="New"
          icon="add"
          items={[
            { label: 'New room', icon: 'add', act: () => go('#/new-room') },
            { label: 'Discover rooms', icon: 'compass', act: () => go('#/discover') },
            { label: 'Find people', icon: 'people', act: () => go('#/people') },
          ]}
        />
      </header>
      <ul class="sidebar-ways">
        <Way view="discover" route={route} icon="compass" label="Discover" />
        <Way view="people" route={route} icon="people" label="People" />
        <Way view="mentions" route={route} icon="mention" label="Mentions" />
      </ul>
      <RoomsOfUser current={route.view === 'room' ? route.roomId : null} />
      <Account me={me} />
    </nav>
  )
}

interface WayProps {
  view: 'discover' | 'people' | 'mentions'
  route: Route
  icon: 'compass' | 'people' | 'mention'
  label: string
}

function Way({ view, route, icon, label }: WayProps) {
  return (
    <li>
      <a class="way" href={`#/${view}`} aria-current={route.view === view ? 'page' : undefined}>
        <Icon name={icon} /> {label}
      </a>
    </li>
  )
}

function RoomsOfUser({ current }: { current: string | null }) {
  const { rooms, state, more, loadMoreRooms } = useRooms()
  const { run, isBusy } = useAction(loadMoreRooms)
  const shown = rooms.filter(({ me }) => !me?.archived)
  const direct = shown.filter(({ kind }) => kind === 'direct')
  const channels = shown.filter(({ kind }) => kind !== 'direct')
  if (rooms.length === 0 && state !== 'complete')
    return (
      <div class="sidebar-rooms">
        <Skeleton rows={6} label="Loading your rooms" />
      </div>
    )
  return (
    <div class="sidebar-rooms">
      <RoomSection title="Rooms" rooms={channels} current={current}>
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
    </div>
  )
}

interface SectionProps {
  title: string
  rooms: ReturnType<typeof useRooms>['rooms']
  current: string | null
  children?: preact.ComponentChildren
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

function Account({ me }: { me: Me | null }) {
  const chat = useChat()
  if (!me) return <div class="account" />
  return (
    <div class="account">
      <a class="account-link" href={addressOf.account(me.guest ? 'security' : 'profile')}>
        <Avatar id={me.id} name={me.displayName} url={me.avatarUrl} size="medium" />
        <span class="visually-hidden">Your account: </span>
        <span class="account-names">
          <span class="account-name">{me.displayName}</span>
          <span class="account-handle">
            {me.guest ? 'Guest. Keep this account' : `@${me.username}`}
          </span>
        </span>
      </a>
      <Menu
        label="Account"
        items={[
          { label: 'Your account', icon: 'settings', act: () => go(addressOf.account('profile')) },
          { label: 'API reference', icon: 'file', act: () => location.assign('/docs') },
          { label: 'Log out', icon: 'exit', act: () => chat.logOut() },
        ]}
      />
    </div>
  )
}
