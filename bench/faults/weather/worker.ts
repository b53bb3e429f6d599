import worker from '../../../src/index'
import { ChatRoom as Room } from '../../../src/room/chat-room'
import { exposed } from './database'
import { weather } from './weather'

export { Inbox } from '../../../src/inbox/inbox'

/** The room, its D1 exposed to the weather. */
export class ChatRoom extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: exposed(env.DB) })
  }
}

/** The service; a PUT at `/weather` changes it. */
export default {
  ...worker,
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    if (new URL(request.url).pathname === '/weather') {
      return Response.json(Object.assign(weather, await request.json()))
    }
    return worker.fetch(request, { ...env, DB: exposed(env.DB) }, ctx)
  },
}
