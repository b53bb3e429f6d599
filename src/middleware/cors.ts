import { cors as honoCors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/context'

const policy = {
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Authorization',
    'Content-Type',
    'Content-Disposition',
    'If-Match',
    'If-None-Match',
    'If-Range',
    'Range',
    'Tus-Resumable',
    'Upload-Length',
    'Upload-Metadata',
    'Upload-Offset',
    'X-HTTP-Method-Override',
    'X-Request-Id',
  ],
  exposeHeaders: [
    'Accept-Ranges',
    'Content-Disposition',
    'Content-Range',
    'Date',
    'ETag',
    'Location',
    'Retry-After',
    'RateLimit',
    'RateLimit-Policy',
    'Tus-Extension',
    'Tus-Max-Size',
    'Tus-Resumable',
    'Tus-Version',
    'Upload-Expires',
    'Upload-Length',
    'Upload-Metadata',
    'Upload-Offset',
    'X-Request-Id',
  ],
  maxAge: 86_400,
}
const toAny = honoCors({ ...policy, origin: '*' })
const toListed = honoCors({
  ...policy,
  origin: (origin, c) => (allowedOrigins(c.env).includes(origin) ? origin : null),
})

/** The origins that the operator names, or `*`. */
export const allowedOrigins = (env: Env) => env.CORS_ORIGINS.split(',').map((entry) => entry.trim())

/** Lets the pages of `CORS_ORIGINS` call the API. */
export const cors = createMiddleware<AppEnv>(async function cors(c, next) {
  const answer = allowedOrigins(c.env).includes('*') ? toAny : toListed
  if (c.req.method === 'OPTIONS') return answer(c, next)
  await next()
  // Set afterwards: headers set before there is a response make Hono copy it.
  return answer(c, async () => {})
})
