import type { Me } from '../../client/protocol'
import { useChat, useUnread } from '../../client/react/chatroom-react'
import { dateOf } from '../app/dates'
import { addressOf, go, type Route } from '../app/routes'
import { Avatar } from '../components/avatar'
import { Brand } from '../components/brand'
import { Count } from '../components/count'
import { Icon, type IconName } from '../components/icon'
import { Menu } from '../components/menu'
import { RoomsOfUser } from './rooms-of-user'

/** Rooms with their badges, and the ways to others. */
export function Sidebar({ route, me }: { route: Route; me: Me | null }) {
  const { threads, unreadMentions } = useUnread()
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
        <Way view="threads" route={route} icon="reply" label="Threads" count={threads} />
        <Way view="mentions" route={route} icon="mention" label="Mentions" count={unreadMentions} />
      </ul>
      <RoomsOfUser current={route.view === 'room' ? route.roomId : null} />
      <Account me={me} />
    </nav>
  )
}

interface WayProps {
  view: 'discover' | 'people' | 'threads' | 'mentions'
  route: Route
  icon: IconName
  label: string
  count?: number
}

function Way({ view, route, icon, label, count = 0 }: WayProps) {
  return (
    <li>
      <a class="way" href={`#/${view}`} aria-current={route.view === view ? 'page' : undefined}>
        <Icon name={icon} /> <span class="way-label">{label}</span>
        <Count count={count} what="unread" />
      </a>
    </li>
  )
}

function Account({ me }: { me: Me | null }) {
  const chat = useChat()
  if (!me) return <div class="account" />
  const until = me.doNotDisturbUntil
  const quiet = until && Date.parse(until) > Date.now() ? until : null
  return (
    <div class="account">
      <a class="account-link" href={addressOf.account(me.guest ? 'security' : 'profile')}>
        <Avatar id={me.id} name={me.displayName} url={me.avatarUrl} size="medium" />
        <span class="visually-hidden">Your account: </span>
        <span class="account-names">
          <span class="account-name">{me.displayName}</span>
          <span class="account-handle">
            {me.guest
              ? 'Guest. Keep this account'
              : quiet
                ? `Quiet until ${dateOf(quiet)}`
                : `@${me.username}`}
          </span>
        </span>
      </a>
      <Menu
        label="Account"
        items={[
          { label: 'Your account', icon: 'settings', act: () => go(addressOf.account('profile')) },
          {
            label: 'Do not disturb',
            icon: 'mute',
            act: () => go(addressOf.account('notifications')),
          },
          { label: 'API reference', icon: 'file', act: () => location.assign('/docs') },
          { label: 'Log out', icon: 'exit', act: () => chat.logOut() },
        ]}
      />
    </div>
  )
}
