import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../context'

/** One line per request: who asked what and how it went; never a token, an address, a text. */
export const logged = createMiddleware<AppEnv>(async function logged(c, next) {
  await next()
  const { access } = c.var
  // As text: the runtime takes longer to print an object than most requests take.
  const line = {
    level: 'info',
    requestId: c.var.requestId,
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms: Date.now() - c.var.now,
    ...(access && { userId: access.userId }),
    ...(c.req.param('roomId') && { roomId: c.req.param('roomId') }),
  }
  console.info(JSON.stringify(line))
})
