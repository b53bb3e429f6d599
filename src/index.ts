import { app } from './app'
import * as people from './people'

export { ChatRoom } from './room/room'

export default {
  fetch: app.fetch,
  queue: people.receive,
  scheduled: people.sweep,
} satisfies ExportedHandler<Env, people.Changed>
