import type { Context } from 'hono'
import { z } from 'zod'
import { requestOptions } from '../auth/passkeys'
import { secretsOf, verifyRefreshToken } from '../auth/tokens'
import * as directorySessions from '../directory/sessions'
import * as stepUp from '../directory/step-up'
import type { AppEnv } from '../http/context'
import { endpoint, router } from '../http/endpoint'
import { type IdentityProof, identityOf, signInByIdentity } from '../http/identity-sign-in'
import { logInByPasskey, logInByPassword, logInBySecondFactor } from '../http/log-in'
import { byId, pageOf } from '../http/page'
import { passkeyContext } from '../http/passkey-context'
import { body, created, noContent, ok } from '../http/responses'
import { signIn } from '../http/sign-in'
import * as who from '../http/who'
import { endAll, endCurrent, endOne, refresh as refreshSession } from '../inbox/end-sessions'
import { limitLogIns } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { PageQuery } from '../schemas/pages'
import { PasskeyRequestOptions } from '../schemas/passkeys'
import { Id } from '../schemas/primitives'
import { LoggedIn, NewSession, RefreshInput, SessionPage, SignedIn } from '../schemas/sessions'

const ended = noContent(
  'Ended. Its access token stops working within two seconds, and its sockets close with 4401.',
)

export const sessions = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions',
      operationId: 'createSession',
      tags: ['sessions'],
      summary:
        'Log in with a username or an e-mail address, with a passkey, or by an identity provider.',
      description:
        'An address logs in once it is verified. A `passkey` takes no name: ask for its options first. An `identityToken`, or the `code` that a page got, finds the user whom the issuer calls so, or makes one, and takes their name over. The `picture` that a token names becomes the avatar a moment later (`me.updated`), unless the user chose or removed theirs. Send the `deviceToken` that this device got before, or wrong passwords that others try can keep you out for a minute. Where the account also asks for a code of an authenticator app, a right password is answered with `second_factor_required` and a `challenge`: send that with `totp` or a `recoveryCode`. Past 50 sessions, the one unused for longest ends.',
      who: 'Anyone with an account.',
      request: { body: body(NewSession) },
      responses: { 201: created(LoggedIn, 'The new session.') },
      problems: [
        'wrong_password',
        'second_factor_required',
        'wrong_code',
        'gone',
        'passkey_refused',
        'identity_refused',
        'forbidden',
        'rate_limited',
      ],
    }),
    async (c) => {
      const { password, passkey, challenge, totp, recoveryCode, ...rest } = c.req.valid('json')
      const signedIn = await (passkey
        ? logInByPasskey(c, { ...rest, passkey })
        : challenge !== undefined
          ? logInBySecondFactor(c, { challenge, totp, recoveryCode })
          : password === undefined
            ? logInByIdentity(c, rest)
            : logInByPassword(c, { ...rest, password }))
      return c.json(signedIn, 201, { Location: `/v1/sessions/${signedIn.session.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions/passkey-options',
      operationId: 'getPasskeyLogInOptions',
      tags: ['sessions'],
      summary: 'Ask for what a browser logs in with a passkey by.',
      description: 'It names nobody: the browser offers the passkeys that it has for this domain.',
      who: who.anyone,
      responses: ok(PasskeyRequestOptions, 'The options.'),
      problems: ['forbidden'],
    }),
    async (c) => c.json(await requestOptions([], { act: 'log-in' }, passkeyContext(c)), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions/refresh',
      operationId: 'refreshSession',
      tags: ['sessions'],
      summary: 'Exchange a refresh token for new tokens.',
      description:
        'A refresh token works once. If a response gets lost, you may repeat the request within 30 seconds and get the same new refresh token. Using an old token later than that ends the session.',
      who: 'Anyone who holds the latest refresh token of a session.',
      request: { body: body(RefreshInput) },
      responses: ok(SignedIn, 'The session, with new tokens.'),
      problems: ['unauthenticated', 'token_expired'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const { refreshToken } = c.req.valid('json')
      const refresh = await verifyRefreshToken(secretsOf(c.env), refreshToken, now)
      const grant = await refreshSession(c.env, directory, refresh, now)
      return c.json(await signIn(c, grant), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/sessions',
      operationId: 'listSessions',
      tags: ['sessions'],
      summary: 'List your sessions, the latest log-in first.',
      who: who.signedIn,
      guards: [requireSession],
      request: { query: PageQuery },
      responses: ok(SessionPage, 'A page of the devices you are signed in on.'),
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const page = await pageOf(c, c.req.valid('query'), byId, (before, limit) =>
        directorySessions.list(directory, access, { before: before?.[0], limit }, now),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions',
      operationId: 'endSessions',
      tags: ['sessions'],
      summary: 'Log out everywhere: end all your sessions, including this one.',
      description: who.proven,
      who: who.signedIn,
      guards: [requireSession],
      responses: ended,
      problems: ['proof_required'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await stepUp.requireProof(directory, access, now)
      await endAll(c.env, access, now)
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions/current',
      operationId: 'endCurrentSession',
      tags: ['sessions'],
      summary: 'Log out: end this session.',
      who: who.signedIn,
      guards: [requireSession],
      responses: ended,
    }),
    async (c) => {
      await endCurrent(c.env, c.var.access, c.var.now)
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions/{sessionId}',
      operationId: 'endSession',
      tags: ['sessions'],
      summary: 'End one of your sessions, such as that of a lost device.',
      who: who.signedIn,
      guards: [requireSession],
      description: `${who.proven} Ending the current one takes none.`,
      request: { params: z.strictObject({ sessionId: Id }) },
      responses: ended,
      problems: ['proof_required'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { sessionId } = c.req.valid('param')
      if (sessionId !== access.sessionId) await stepUp.requireProof(directory, access, now)
      await endOne(c.env, { userId: access.userId, sessionId }, now)
      return c.body(null, 204)
    },
  )

async function logInByIdentity(c: Context<AppEnv>, shown: IdentityProof) {
  await limitLogIns(c, c.req.header('CF-Connecting-IP'))
  return signInByIdentity(c, await identityOf(c, shown), 'identity')
}
