import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

/**
 * What is private is kept by nobody but the browser that asked, which asks again each time (a 304 answers it); the answers
 * to writes, tokens among them, are kept nowhere. A route that knows better says so itself.
 */
export const cacheControl = createMiddleware<AppEnv>(async function cacheControl(c, next) {
  await next()
  if (c.res.status === 101 || c.res.headers.has('Cache-Control')) return
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  c.header('Cache-Control', isRead ? 'private, no-cache' : 'no-store')
})
