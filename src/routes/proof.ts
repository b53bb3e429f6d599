import { refused, requestOptions } from '../auth/passkeys'
import { secretsOf } from '../auth/tokens'
import { describe as describePasskeys } from '../directory/passkeys'
import * as stepUp from '../directory/step-up'
import { acceptPasskey } from '../http/accept-passkey'
import { endpoint, router } from '../http/endpoint'
import { identityOf } from '../http/identity-sign-in'
import { passkeyContext } from '../http/passkey-context'
import { body, noContent, ok } from '../http/responses'
import * as who from '../http/who'
import { publishFactors } from '../inbox/account-news'
import { notify } from '../mail/notices'
import { limitProofs } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { PasskeyRequestOptions } from '../schemas/passkeys'
import { Proof } from '../schemas/sessions'

export const proof = router()
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/sessions/current/proof',
      operationId: 'proveSession',
      tags: ['sessions'],
      summary: 'Prove who you are, by your password, a passkey or your identity provider.',
      description:
        'For ten minutes you can then change your e-mail address, delete your account, end other sessions, and change what you log in by. Logging in and registering prove it too. Where your account asks for a code of an authenticator app, send it as `totp` beside the password, or a `recoveryCode`.',
      who: who.signedIn,
      guards: [requireSession],
      request: { body: body(Proof) },
      responses: noContent('Proved.'),
      problems: [
        'wrong_password',
        'second_factor_required',
        'wrong_code',
        'gone',
        'registration_required',
        'passkey_refused',
        'identity_refused',
        'forbidden',
        'proof_required',
        'rate_limited',
      ],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await limitProofs(c, access.userId)
      const { password, passkey, totp, recoveryCode, ...shown } = c.req.valid('json')
      if (passkey) {
        const { userId, sessionId } = access
        const { userId: owner } = await acceptPasskey(c, passkey, { act: 'prove', sessionId })
        if (owner !== userId) throw refused('This is a passkey of another user.')
        await stepUp.proveByPasskey(directory, access, now)
        return c.body(null, 204)
      }
      if (password === undefined) {
        await stepUp.proveByIdentity(directory, access, await identityOf(c, shown), now)
        return c.body(null, 204)
      }
      const context = { cost: Number(c.env.PASSWORD_COST), secrets: secretsOf(c.env), now }
      await stepUp.prove(directory, access, { password, totp, recoveryCode }, context)
      if (recoveryCode !== undefined) {
        publishFactors(c.env, access.userId)
        notify(c.env, access.userId, { kind: 'recoveryCode' }, now)
      }
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions/current/passkey-options',
      operationId: 'getPasskeyProofOptions',
      tags: ['sessions'],
      summary: 'Ask for what a browser proves with a passkey of yours who you are by.',
      who: who.signedIn,
      guards: [requireSession],
      responses: ok(PasskeyRequestOptions, 'The options. They are good in this session only.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      const {
        directory,
        access: { userId, sessionId },
      } = c.var
      const known = await describePasskeys(directory, userId)
      const purpose = { act: 'prove', sessionId } as const
      return c.json(await requestOptions(known, purpose, passkeyContext(c)), 200)
    },
  )
