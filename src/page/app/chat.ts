import { Chat } from '../../client/chat'
import { keepOutbox } from '../../client/outbox'

/** Nobody becomes a guest without having asked for it. */
export const chat = new Chat(location.origin, { guest: false })

keepOutbox(chat)
