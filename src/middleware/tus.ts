import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'
import { maxBytes } from '../media/limits'

const VERSION = '1.0.0'

/** Announces tus 1.0.0 on every response, and on `OPTIONS` what the server can do. */
export const tus = createMiddleware<AppEnv>(async function tus(c, next) {
  await next()
  c.res.headers.set('Tus-Resumable', VERSION)
  if (c.req.method !== 'OPTIONS') return
  c.res.headers.set('Tus-Version', VERSION)
  c.res.headers.set('Tus-Extension', 'creation,creation-with-upload,expiration,termination')
  c.res.headers.set('Tus-Max-Size', String(maxBytes(c.env)))
})

/** Refuses clients of other versions as the protocol demands. It runs after CORS, so that a page can read the refusal. */
export const requireTusVersion = createMiddleware<AppEnv>(
  async function requireTusVersion(c, next) {
    // A missing version is refused by the schema of the headers.
    if ((c.req.header('Tus-Resumable') ?? VERSION) === VERSION) return next()
    return c.body(null, 412, { 'Tus-Version': VERSION })
  },
)
