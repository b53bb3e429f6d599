import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

/** Lets pages of other origins show what is answered here; around `secureHeaders`, which forbids it. */
export const embeddable = createMiddleware<AppEnv>(async function embeddable(c, next) {
  await next()
  c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
})
