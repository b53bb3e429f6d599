import type { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

const HEADER = 'X-HTTP-Method-Override'
const METHODS = ['PATCH', 'DELETE', 'HEAD']

/**
 * Treats a request as if it had the method that this header names, as tus demands: some proxies let only GET and POST
 * through. It comes before all other middleware, because the request starts anew. `hono/method-override` does not fit:
 * it takes `patch` for another method than `PATCH`, and answers 500 to a name that is no method.
 */
export const methodOverride = (app: Pick<Hono<AppEnv>, 'fetch'>) =>
  createMiddleware<AppEnv>(async function methodOverride(c, next) {
    const method = c.req.header(HEADER)?.trim().toUpperCase()
    if (method === undefined || !METHODS.includes(method)) return next()
    const { raw } = c.req
    const headers = new Headers(raw.headers)
    headers.delete(HEADER)
    const request =
      method === 'HEAD'
        ? new Request(raw.url, { method, headers })
        : new Request(raw, { method, headers })
    return app.fetch(request, c.env, c.executionCtx)
  })
