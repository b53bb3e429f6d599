import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

const VERSION = '1.0.0'

/** Speaks tus 1.0.0: says so on every answer, and refuses clients of other versions as it demands. */
export const tus = createMiddleware<AppEnv>(async function tus(c, next) {
  const isAsking = c.req.method === 'OPTIONS'
  // Without one it is refused as any header that is missing.
  if (!isAsking && (c.req.header('Tus-Resumable') ?? VERSION) !== VERSION) {
    return c.body(null, 412, { 'Tus-Version': VERSION, 'Tus-Resumable': VERSION })
  }
  await next()
  c.res.headers.set('Tus-Resumable', VERSION)
  if (isAsking) {
    c.res.headers.set('Tus-Version', VERSION)
    c.res.headers.set('Tus-Extension', 'creation,creation-with-upload,expiration,termination')
  }
  return undefined
})
