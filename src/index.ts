import { app } from './app'

export { ChatRoom } from './room/room'

export default { fetch: app.fetch } satisfies ExportedHandler<Env>
