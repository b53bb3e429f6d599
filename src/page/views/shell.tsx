import { useEffect } from 'preact/hooks'
import { useMe, useRooms } from '../../client/react/chatroom-react'
import { usePresenceSignal } from '../app/presence-signal'
import type { Route } from '../app/routes'
import { useTitle } from '../app/title'
import { Empty } from '../components/states'
import { Account } from './account-loader'
import { Connectivity } from './connectivity'
import { Discover } from './discover'
import { Invite } from './invite'
import { Mentions } from './mentions'
import { NewRoom } from './new-room'
import { People } from './people'
import { RoomView } from './room'
import { Sidebar } from './sidebar'
import { Threads } from './threads'

/** The frame of everything: the rooms at the left, what is open beside them. On a phone one of both. */
export function Shell({ route }: { route: Route }) {
  const me = useMe()
  usePresenceSignal()
  useEffect(() => {
    // Without that, the focus would stay on what is no longer there.
    if (document.activeElement === document.body) document.getElementById('main')?.focus()
  })
  return (
    <div class={`shell shell-${route.view}`}>
      {/* biome-ignore lint/a11y/useValidAnchor: behind the # stands what is shown, so the focus is moved by hand */}
      <a class="skip-link" href="#main" onClick={skipToMain}>
        Skip to the conversation
      </a>
      <Sidebar route={route} me={me} />
      <main class="main" id="main" tabIndex={-1}>
        <Connectivity />
        {route.view === 'home' && <h1 class="visually-hidden">Your rooms</h1>}
        <View route={route} />
      </main>
    </div>
  )
}

function View({ route }: { route: Route }) {
  switch (route.view) {
    case 'room':
      return <RoomView key={route.roomId} route={route} />
    case 'discover':
      return <Discover />
    case 'new-room':
      return <NewRoom />
    case 'people':
      return <People />
    case 'mentions':
      return <Mentions />
    case 'threads':
      return <Threads />
    case 'invite':
      return <Invite code={route.code} />
    case 'account':
      return <Account part={route.part} />
    default:
      return <Nothing />
  }
}

function Nothing() {
  const { rooms, state } = useRooms()
  useTitle(null)
  if (rooms.length === 0 && state === 'complete')
    return (
      <Empty icon="compass" title="You are not in a room yet">
        <p>
          <a href="#/discover">Discover rooms</a> that are open to all, or{' '}
          <a href="#/new-room">make one</a> of your own.
        </p>
      </Empty>
    )
  return (
    <Empty icon="room" title="Choose a room">
      <p>What was said while you were away is waiting there.</p>
    </Empty>
  )
}

function skipToMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
