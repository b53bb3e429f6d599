import worker from '../../src/index'
import { counts } from './counts'
import { counted } from './database'
import { memory } from './inbox'

export { Inbox, Memory } from './inbox'

export { ChatRoom } from './room'

/** The service, and what it cost so far at `/counts`. */
export default {
  ...worker,
  fetch(request: Request, env: Env, ctx: ExecutionContext) {
    if (new URL(request.url).pathname === '/counts') return Response.json(counts)
    if (new URL(request.url).pathname === '/remember') {
      memory.isAll = true
      return new Response()
    }
    return worker.fetch(request, { ...env, DB: counted(env.DB) }, ctx)
  },
}
