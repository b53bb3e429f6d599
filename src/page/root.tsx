import { useChat, useMe } from '../client/react/chatroom-react'
import { Announcer } from './app/announcer'
import { useLink } from './app/links'
import { routeOf, useAddress } from './app/routes'
import { useArrival } from './views/arrival'
import { ResetPassword } from './views/reset-password'
import { Shell } from './views/shell'
import { Welcome } from './views/welcome'

export function App() {
  const chat = useChat()
  const me = useMe()
  const address = useAddress()
  const isSignedIn = me !== null || chat.userId !== undefined
  const link = useLink()
  useArrival(isSignedIn)
  return (
    <>
      {link?.kind === 'reset' ? (
        <ResetPassword token={link.token} />
      ) : isSignedIn ? (
        <Shell key={chat.userId} route={routeOf(address)} />
      ) : (
        <Welcome />
      )}
      <Announcer />
    </>
  )
}
