import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../context'
import type { Access } from '../tokens'

/** One line per request: who asked what and how it went; never a token, an address, a text. */
export const logged = createMiddleware<AppEnv>(async function logged(c, next) {
  await next()
  // Set where a route proves who asks.
  const { access }: { access?: Access } = c.var
  console.info({
    level: 'info',
    requestId: c.var.requestId,
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms: Date.now() - c.var.now,
    ...(access && { userId: access.userId }),
    ...(c.req.param('roomId') && { roomId: c.req.param('roomId') }),
  })
})
