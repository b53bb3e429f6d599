import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

/** Lets pages of other origins embed the response. It wraps `secureHeaders`, which forbids that. */
export const crossOriginResource = createMiddleware<AppEnv>(
  async function crossOriginResource(c, next) {
    await next()
    c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  },
)
