import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

/** Lets pages of other origins show what is answered here; around `secureHeaders`, which forbids it. */
export const crossOriginResource = createMiddleware<AppEnv>(
  async function crossOriginResource(c, next) {
    await next()
    c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  },
)
