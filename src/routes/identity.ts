import type { Context } from 'hono'
import {
  authorizationUrl,
  begin,
  exchange,
  type LogIn,
  LogInFailure,
  readState,
} from '../auth/code-flow'
import { pageIssuer } from '../auth/identity-issuers'
import { verifyIdentityToken } from '../auth/identity-tokens'
import { secretsOf } from '../auth/tokens'
import * as logInCodes from '../directory/log-in-codes'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { endpoint, router } from '../http/endpoint'
import { redirected } from '../http/responses'
import { assertReturnAddress, withFragment } from '../http/return-address'
import * as who from '../http/who'
import { limitCodeFlows } from '../middleware/rate-limits'
import { CallbackQuery, IssuerParams, LogInQuery } from '../schemas/identity'

export const identity = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/identity/{issuer}/start',
      operationId: 'startIdentityLogIn',
      tags: ['sessions'],
      summary: 'Log in at an identity provider: lead the browser here.',
      description:
        'A page navigates to this address; `fetch` cannot. In the end the browser is at `returnTo` again, with `#code=` for `POST /v1/sessions`, or with `#error=` and one of `access_denied`, `expired`, `identity_refused`, `rate_limited`, `unavailable`. Neither reaches a server or its logs.',
      who: who.anyone,
      request: { params: IssuerParams, query: LogInQuery },
      responses: redirected('To the page of the identity provider.'),
      problems: ['not_found', 'rate_limited'],
    }),
    async (c) => {
      const { challenge, returnTo, prompt } = c.req.valid('query')
      const site = pageIssuer(c.env, c.req.valid('param').issuer)
      assertReturnAddress(c, returnTo)
      await limitCodeFlows(c, 'start', c.req.header('CF-Connecting-IP'))
      const log = begin({ issuer: site.flow.name, challenge, returnTo }, c.var.now)
      const redirectUri = callbackOf(c, log)
      const isFresh = prompt === 'login'
      const { TOKEN_SECRET } = c.env
      return leaveFor(c, await authorizationUrl(TOKEN_SECRET, site, { log, redirectUri, isFresh }))
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/identity/{issuer}/callback',
      operationId: 'finishIdentityLogIn',
      tags: ['sessions'],
      summary: 'Come back from an identity provider, which leads the browser here.',
      who: 'Anyone whom the identity provider sends back.',
      request: { params: IssuerParams, query: CallbackQuery },
      responses: redirected('To the page that began, with `#code=` or `#error=`.'),
      problems: ['not_found', 'unauthenticated', 'token_expired'],
    }),
    async (c) => {
      const { issuer: name } = c.req.valid('param')
      const { state } = c.req.valid('query')
      const { secret, log } = await readState(secretsOf(c.env), state, c.var.now)
      if (log.issuer !== name) throw new ApiError('not_found', 'Nobody is logging in here.')
      return leaveFor(c, withFragment(log.returnTo, await finish(c, secret, log)))
    },
  )

/** What the page is told: a code, or why there is none. */
async function finish(
  c: Context<AppEnv>,
  secret: string,
  log: LogIn,
): Promise<{ code: string } | { error: string }> {
  const { directory, now } = c.var
  try {
    if (log.until <= now) throw new LogInFailure('expired')
    await limitCodeFlows(c, 'callback', c.req.header('CF-Connecting-IP'))
    const parameters = new URL(c.req.url).searchParams
    const redirectUri = callbackOf(c, log)
    const site = pageIssuer(c.env, log.issuer)
    const { token, nonce } = await exchange(secret, site, { log, parameters, redirectUri })
    const identity = await verifyIdentityToken(c.env, token, nonce, now)
    const code = await logInCodes.create(directory, log, identity, now)
    if (code === undefined) throw new LogInFailure('expired')
    return { code }
  } catch (error) {
    if (error instanceof LogInFailure || error instanceof ApiError) return { error: error.code }
    throw error
  }
}

const callbackOf = (c: Context<AppEnv>, { issuer }: LogIn) =>
  new URL(`/v1/identity/${issuer}/callback`, c.req.url).href

// A step of one log-in: nobody may keep it.
function leaveFor(c: Context<AppEnv>, address: string) {
  c.header('Cache-Control', 'no-store')
  return c.redirect(address, 302)
}
