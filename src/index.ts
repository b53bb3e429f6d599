import { app } from './app'
import * as profileFanout from './fanout/profile-fanout'

export { ChatRoom } from './room/chat-room'

export default {
  fetch: app.fetch,
  queue: profileFanout.receive,
  scheduled: profileFanout.sweep,
} satisfies ExportedHandler<Env, profileFanout.Changed>
