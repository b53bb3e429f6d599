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
  const value = isRead ? 'private, no-cache' : 'no-store'
  try {
    c.res.headers.set('Cache-Control', value)
  } catch {
    // The headers of what another service answered cannot be changed; Hono then makes a new answer, which costs more.
    c.header('Cache-Control', value)
  }
})
