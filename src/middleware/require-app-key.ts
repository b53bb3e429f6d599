import { createMiddleware } from 'hono/factory'
import type { AccessClaims } from '../auth/tokens'
import * as appKeys from '../directory/app-keys'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import type { Scope } from '../schemas/app-keys'
import { limitGuesses, limitRequests } from './rate-limits'

export const ON_BEHALF_OF = 'On-Behalf-Of'

/** A request, as far as an app key goes. */
interface KeyRequest {
  env: Env
  var: Pick<AppEnv['Variables'], 'directory' | 'now' | 'appKeyScope'>
  req: { header(name: string): string | undefined }
}

const bearerOf = (c: KeyRequest) =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''

/** Lets app keys with this scope act on behalf of users at an endpoint; stands before `requireSession`. */
export const acceptAppKey = (scope: Scope) =>
  createMiddleware<AppEnv>(function acceptAppKey(c, next) {
    c.set('appKeyScope', scope)
    return next()
  })

/** Requires an app key with a scope, for what is done on nobody's behalf. */
export const requireAppKey = (scope: Scope) =>
  createMiddleware<AppEnv>(async function requireAppKey(c, next) {
    c.set('appKeyId', await verify(c, bearerOf(c), scope))
    await next()
  })

async function verify(c: KeyRequest, secret: string, scope: Scope): Promise<string> {
  if (!appKeys.isAppKey(secret)) {
    throw new ApiError('unauthenticated', 'Send `Authorization: Bearer <app key>`.')
  }
  const { env } = c
  const { directory, now } = c.var
  const address = c.req.header('CF-Connecting-IP')
  const keyId = await limitGuesses({ env, now, address }, () =>
    appKeys.verify(directory, secret, scope, now),
  )
  limitRequests(env, `key ${keyId}`, now)
  return keyId
}

/** Whom an app key acts for: a user of its own, and neither anyone who registered nor site staff. */
export async function actOnBehalf(
  c: KeyRequest,
  secret: string,
): Promise<{ access: AccessClaims; keyId: string }> {
  const scope = c.var.appKeyScope
  if (!scope) throw new ApiError('unauthenticated', 'This takes an access token, and no app key.')
  const keyId = await verify(c, secret, scope)
  const subject = decoded(c.req.header(ON_BEHALF_OF))
  const userId = subject && (await appKeys.findUser(c.var.directory, subject))
  if (!userId) {
    const message = 'must be the percent-encoded subject of a user for whom you made a session'
    const errors = [{ path: ON_BEHALF_OF, message }]
    throw new ApiError('invalid', `${ON_BEHALF_OF}: ${message}`, { errors })
  }
  return { access: { userId, sessionId: `app-key ${keyId}`, expiresAt: c.var.now }, keyId }
}

function decoded(value = ''): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
