import { app } from './app'
import * as people from './fanout/profile-fanout'

export { ChatRoom } from './room/chat-room'

export default {
  fetch: app.fetch,
  queue: people.receive,
  scheduled: people.sweep,
} satisfies ExportedHandler<Env, people.Changed>
