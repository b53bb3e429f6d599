import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

const VERSION = '1.0.0'

/** Announces tus 1.0.0 on every response, and refuses clients of other versions as the protocol demands. */
export const tus = createMiddleware<AppEnv>(async function tus(c, next) {
  const isOptions = c.req.method === 'OPTIONS'
  // A missing version is refused by the schema of the headers.
  if (!isOptions && (c.req.header('Tus-Resumable') ?? VERSION) !== VERSION) {
    return c.body(null, 412, { 'Tus-Version': VERSION, 'Tus-Resumable': VERSION })
  }
  await next()
  c.res.headers.set('Tus-Resumable', VERSION)
  if (isOptions) {
    c.res.headers.set('Tus-Version', VERSION)
    c.res.headers.set('Tus-Extension', 'creation,creation-with-upload,expiration,termination')
  }
  return undefined
})
