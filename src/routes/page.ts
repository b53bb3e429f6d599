import { type Context, Hono } from 'hono'
import type { AppEnv } from '../http/context'

// The page speaks with this service and shows what it uploaded, from blob: URLs before and from its own address after.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const isOn = (c: Context<AppEnv>) => c.env.PAGE !== 'off'

const assetOf = (c: Context<AppEnv>, path: string) =>
  c.env.ASSETS.fetch(new Request(new URL(path, c.req.url), { headers: c.req.raw.headers }))

/** The page that people chat on. Programs, and people where it is off or was not built, get the links of `home`. */
export const page = new Hono<AppEnv>()
  .get('/', async (c, next) => {
    if (!isOn(c) || !c.req.header('Accept')?.includes('text/html')) return next()
    const asset = await assetOf(c, '/page/index.html')
    if (asset.status === 404) return next()
    const answer = new Response(asset.body, asset)
    answer.headers.set('Content-Security-Policy', POLICY)
    answer.headers.set('Cache-Control', 'no-cache')
    answer.headers.append('Vary', 'Accept')
    return answer
  })
  .get('/page/:file{[\\w-]+\\.(?:js|css|svg)}', async (c) => {
    if (!isOn(c)) return c.notFound()
    const asset = await assetOf(c, c.req.path)
    if (asset.status === 404) return c.notFound()
    const answer = new Response(asset.body, asset)
    // The name of a file has the hash of what is in it.
    answer.headers.set('Cache-Control', 'public, max-age=31536000, immutable')
    return answer
  })
