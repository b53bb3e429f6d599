import { app } from './app'
import { runSweeps } from './cron'
import { consume, type PeopleMessage } from './queue'

export { Inbox } from './inbox/inbox'
export { ChatRoom } from './room/chat-room'

export default {
  fetch: app.fetch,
  queue: consume,
  scheduled: runSweeps,
} satisfies ExportedHandler<Env, PeopleMessage>
