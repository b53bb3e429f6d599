import { usePresence } from '../../client/react/chatroom-react'
import { toggleArchived, toggleFavourite } from '../app/preferences'
import type { RoomModel, RoomRoute } from '../app/room-model'
import { addressOf, go, type Panel } from '../app/routes'
import { Avatar } from '../components/avatar'
import { Icon, type IconName } from '../components/icon'
import { Menu, type MenuItem } from '../components/menu'
import type { RoomOfUser } from './room-item'

interface HeaderProps {
  room: RoomModel
  name: string
  peer: RoomOfUser['peer']
  route: RoomRoute | null
}

export function RoomHeader({ room, name, peer, route }: HeaderProps) {
  const { id, online, state } = room
  const presence = usePresence(peer?.id ?? '')
  const subtitle = peer
    ? { online: 'Online', away: 'Away', offline: 'Offline' }[presence]
    : room.room?.topic
  return (
    <header class="room-head">
      <a class="icon-button room-back" href={addressOf.home} aria-label="All rooms">
        <Icon name="back" />
      </a>
      <Avatar
        id={peer?.id ?? id}
        name={name}
        url={peer?.avatarUrl ?? room.room?.avatarUrl ?? null}
        shape={peer ? 'round' : 'square'}
        {...(peer ? { presence } : {})}
      />
      <div class="room-title">
        <h1>
          <bdi>{name}</bdi>
          {room.room?.access === 'closed' && !peer && <Icon name="lock" />}
        </h1>
        <p>{state === 'catching-up' ? 'Catching up …' : subtitle}</p>
      </div>
      {route && (
        <div class="room-tools">
          {!peer && (
            <a class="button button-quiet room-members" href={toggled(route, 'members')}>
              <Icon name="people" />
              <span class="visually-hidden">Members: </span>
              <span>{room.room?.memberCount ?? ''}</span>
              {online.count > 0 && (
                <span class="online-count">
                  {online.count}
                  <span class="visually-hidden"> online</span>
                </span>
              )}
            </a>
          )}
          <Tool route={route} panel="search" icon="search" label="Search" />
          <Tool route={route} panel="pins" icon="pin" label="Pinned messages" />
          <Menu label="Room" items={itemsOf(room, peer !== null)} />
        </div>
      )}
    </header>
  )
}

function Tool({
  route,
  panel,
  icon,
  label,
}: {
  route: RoomRoute
  panel: Panel
  icon: IconName
  label: string
}) {
  return (
    <a
      class="icon-button"
      href={toggled(route, panel)}
      aria-label={label}
      title={label}
      aria-current={route.panel === panel ? 'true' : undefined}
    >
      <Icon name={icon} />
    </a>
  )
}

/** Asked for again, a panel closes. */
const toggled = ({ roomId, panel }: RoomRoute, wanted: Panel) =>
  addressOf.room(roomId, panel === wanted ? undefined : wanted)

function itemsOf({ id, me }: RoomModel, isDirect: boolean): MenuItem[] {
  const may = new Set<string>(me?.capabilities)
  const open = (panel: Panel) => () => go(addressOf.room(id, panel))
  return [
    { label: 'Search', icon: 'search' as const, act: open('search') },
    { label: 'Pinned messages', icon: 'pin' as const, act: open('pins') },
    ...(isDirect ? [] : [{ label: 'Members', icon: 'people' as const, act: open('members') }]),
    ...(me
      ? [
          {
            label: me.favourite ? 'No longer a favourite' : 'Make it a favourite',
            icon: 'star' as const,
            act: () => toggleFavourite(id, me),
          },
          {
            label: me.archived ? 'Take it out of the archive' : 'Archive',
            icon: 'archive' as const,
            act: () => toggleArchived(id, me),
          },
        ]
      : []),
    { label: 'Settings', icon: 'settings' as const, act: open('settings') },
    ...(may.has('audit.read') || may.has('member.ban')
      ? [{ label: 'Moderation', icon: 'shield' as const, act: open('moderation') }]
      : []),
  ]
}
