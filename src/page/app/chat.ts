import { Chat } from '../../client/chat'
import { keepOutbox } from '../../client/outbox'
import { greet } from './greeting'

/** Nobody becomes a guest without having asked for it. */
export const chat = new Chat(location.origin, { guest: false })

chat.session.onLoggedIn = greet

keepOutbox(chat)
