import { app } from './app'
import { runSweeps } from './cron'
import * as profileFanout from './fanout/profile-fanout'

export { Inbox } from './inbox/inbox'
export { ChatRoom } from './room/chat-room'

export default {
  fetch: app.fetch,
  queue: profileFanout.consume,
  scheduled: runSweeps,
} satisfies ExportedHandler<Env, profileFanout.FanoutMessage>
