import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../http/context'
import { TokenBuckets } from '../rate-limit/token-bucket'

// Who floods would flood the log, too. A user each, and all who are none together.
const refusals = new TokenBuckets({ name: 'lines', perSecond: 1, burst: 20 })

/** One line per request, but few per flood: who asked what and how it went; never a token, an address, a text. How long is told, too. */
export const requestLog = createMiddleware<AppEnv>(async function requestLog(c, next) {
  await next()
  // `c.var` would make an object of all of them, each time.
  const access = c.get('access')
  const ms = Date.now() - c.get('now')
  c.res.headers.set('Server-Timing', `total;dur=${ms}`)
  // A response that was made by hand has none of what was prepared.
  c.res.headers.set('X-Request-Id', c.get('requestId'))
  if (c.res.status === 429 && refusals.consume(access?.userId ?? '', c.get('now')) > 0) return
  // As text: the runtime takes longer to print an object than most requests take.
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
