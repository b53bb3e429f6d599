import { Chat } from '../../client/chat'
import { keepOutbox } from '../../client/outbox'
import { greet } from './greeting'

/** Nobody becomes a guest without having asked for it. */
export const chat = new Chat(location.origin, { guest: false })

chat.session.onLoggedIn = greet

keepOutbox(chat)

let hasEnded = false
const { onEnded, onMe } = chat.session
chat.session.onMe = (me) => {
  hasEnded = false
  onMe(me)
}
chat.session.onEnded = () => {
  hasEnded = true
  onEnded()
}

// A tab that nobody is signed in in follows another in which somebody has signed in.
addEventListener('storage', () => {
  if (!chat.userId && chat.session.isStored) location.reload()
})

/** Whether it was the service that ended the session of this page. */
export const wasSignedOut = (): boolean => hasEnded
