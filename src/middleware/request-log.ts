import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../http/context'
import { TokenBuckets } from '../rate-limit/token-bucket'

// A flood of refused requests must not flood the log. Counted per user; signed-out callers share one bucket.
const refusals = new TokenBuckets({ name: 'lines', perSecond: 1, burst: 20 })

/** Logs one line per request, without tokens, network addresses or message text, and tells the client how long it took. */
export const requestLog = createMiddleware<AppEnv>(async function requestLog(c, next) {
  await next()
  // `c.var` copies all variables into a new object on each read.
  const access = c.get('access')
  const ms = Date.now() - c.get('now')
  c.res.headers.set('Server-Timing', `total;dur=${ms}`)
  // A `new Response` lacks the headers that were set on the context.
  c.res.headers.set('X-Request-Id', c.get('requestId'))
  if (c.res.status === 429 && refusals.consume(access?.userId ?? '', c.get('now')) > 0) return
  // As text: printing an object costs the runtime more than most requests do.
  const line = {
    level: 'info',
    requestId: c.get('requestId'),
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms,
    ...(access && { userId: access.userId }),
    ...(c.req.param('roomId') && { roomId: c.req.param('roomId') }),
  }
  console.info(JSON.stringify(line))
})
