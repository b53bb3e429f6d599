import { secretsOf } from '../auth/tokens'
import * as stepUp from '../directory/step-up'
import { endpoint, router } from '../http/endpoint'
import { identityOf } from '../http/identity-sign-in'
import { body, noContent } from '../http/responses'
import * as who from '../http/who'
import { publishFactors } from '../inbox/account-news'
import { limitProofs } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { Proof } from '../schemas/sessions'

export const proof = router().openapi(
  endpoint({
    method: 'put',
    path: '/v1/sessions/current/proof',
    operationId: 'proveSession',
    tags: ['sessions'],
    summary: 'Prove who you are, by entering your password again or by your identity provider.',
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
      'identity_refused',
      'proof_required',
      'rate_limited',
    ],
  }),
  async (c) => {
    const { directory, access, now } = c.var
    await limitProofs(c, access.userId)
    const { password, totp, recoveryCode, ...shown } = c.req.valid('json')
    if (password === undefined) {
      await stepUp.proveByIdentity(directory, access, await identityOf(c, shown), now)
      return c.body(null, 204)
    }
    const context = { cost: Number(c.env.PASSWORD_COST), secrets: secretsOf(c.env), now }
    await stepUp.prove(directory, access, { password, totp, recoveryCode }, context)
    if (recoveryCode !== undefined) publishFactors(c.env, access.userId)
    return c.body(null, 204)
  },
)
