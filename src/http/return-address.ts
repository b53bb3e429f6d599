import type { Context } from 'hono'
import { ApiError } from '../errors'
import { allowedOrigins } from '../middleware/cors'
import type { AppEnv } from './context'

/**
 * Refuses to lead anybody to a page that the operator does not know, which could then log in as them. `*` in `CORS_ORIGINS`
 * names no page. Throws `invalid`.
 */
export function assertReturnAddress(c: Context<AppEnv>, address: string): void {
  const { origin, username, password } = new URL(address)
  const known = [new URL(c.req.url).origin, ...allowedOrigins(c.env)]
  if (known.includes(origin) && username === '' && password === '') return
  throw new ApiError(
    'invalid',
    'returnTo: must be a page of this origin, or of one that the setting `CORS_ORIGINS` names',
    { errors: [{ path: 'returnTo', message: 'must be of an origin that is named' }] },
  )
}

/** The address of a page with parameters behind its `#`, which no server sees and no log has. */
export function withFragment(address: string, parameters: Record<string, string>): string {
  const url = new URL(address)
  url.hash = new URLSearchParams(parameters).toString()
  return url.href
}
