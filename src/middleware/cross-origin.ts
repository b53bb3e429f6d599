import { cors } from 'hono/cors'

/** Which pages may call, and what of it they may send and see. */
export const crossOrigin = cors({
  origin: (origin, c) => {
    const allowed = (c.env as Env).CORS_ORIGINS.split(',').map((entry) => entry.trim())
    return allowed.includes('*') ? '*' : allowed.includes(origin) ? origin : null
  },
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
    'X-Request-Id',
  ],
  exposeHeaders: [
    'Accept-Ranges',
    'Content-Disposition',
    'Content-Range',
    'ETag',
    'Location',
    'Retry-After',
    'RateLimit-Policy',
    'Tus-Extension',
    'Tus-Resumable',
    'Tus-Version',
    'Upload-Expires',
    'Upload-Length',
    'Upload-Offset',
    'X-Request-Id',
  ],
  maxAge: 86_400,
})
