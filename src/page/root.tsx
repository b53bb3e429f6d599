import { useChat, useMe } from '../client/react/chatroom-react'
import { Announcer } from './app/announcer'
import { routeOf, useAddress } from './app/routes'
import { Shell } from './views/shell'
import { Welcome } from './views/welcome'

export function App() {
  const chat = useChat()
  const me = useMe()
  const address = useAddress()
  const isSignedIn = me !== null || chat.userId !== undefined
  return (
    <>
      {isSignedIn ? <Shell key={chat.userId} route={routeOf(address)} /> : <Welcome />}
      <Announcer />
    </>
  )
}
