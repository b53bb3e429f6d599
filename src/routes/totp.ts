import { secretsOf } from '../auth/tokens'
import { uriOf } from '../auth/totp'
import * as accounts from '../directory/accounts'
import { recorded } from '../directory/site-audit'
import { requireProof } from '../directory/step-up'
import * as directoryTotp from '../directory/totp'
import { OneUser } from '../http/edge-endpoint'
import { endpoint, router } from '../http/endpoint'
import { body, noContent, ok } from '../http/responses'
import * as who from '../http/who'
import { publishFactors } from '../inbox/account-news'
import { notify } from '../mail/notices'
import { limitProofs } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { requireAdmin, requireRegistered } from '../middleware/require-site-role'
import { RecoveryCodes, TotpConfirmation, TotpReset, TotpSecret } from '../schemas/factors'

const registered = [requireSession, requireRegistered('have a second factor')] as const
const REGISTERED = ['suspended', 'registration_required', 'proof_required'] as const

export const totp = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/totp',
      operationId: 'beginTotp',
      tags: ['me'],
      summary: 'Get a secret for an authenticator app.',
      description: `Nothing changes until a code confirms it; a repeat draws another one. It is shown here and never again. You must have a password, which is what codes protect. ${who.proven}`,
      who: who.registered,
      guards: registered,
      responses: ok(TotpSecret, 'The secret.'),
      problems: [...REGISTERED, 'conflict'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { username } = await accounts.find(directory, access.userId, now)
      const secret = await directoryTotp.begin(directory, access.userId, secretsOf(c.env), now)
      const uri = uriOf(secret, { issuer: new URL(c.req.url).host, username })
      return c.json({ secret, uri }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/totp/confirmation',
      operationId: 'confirmTotp',
      tags: ['me'],
      summary: 'Turn on that a log-in by password also asks for a code, by sending one.',
      description:
        'The answer has ten recovery codes, each good once in the place of a code. They are shown here and never again. Your other sessions go on.',
      who: who.registered,
      guards: registered,
      request: { body: body(TotpConfirmation) },
      responses: ok(RecoveryCodes, 'It is on. Your recovery codes.'),
      problems: [...REGISTERED, 'wrong_code', 'conflict'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await limitProofs(c, access.userId)
      await requireProof(directory, access, now)
      const code = c.req.valid('json').totp
      const context = { secrets: secretsOf(c.env), now }
      const { userId } = access
      const act = { actorId: userId, action: 'confirmTotp', userId }
      const codes = await recorded(directory, act, now, () =>
        directoryTotp.confirm(directory, userId, code, context),
      )
      publishFactors(c.env, userId)
      notify(c.env, userId, { kind: 'codesOn' }, now)
      return c.json({ recoveryCodes: codes }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/totp',
      operationId: 'endTotp',
      tags: ['me'],
      summary: 'Turn off that a log-in asks for a code, and end your recovery codes.',
      description: who.proven,
      who: who.registered,
      guards: registered,
      responses: noContent('It is off.'),
      problems: REGISTERED,
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { userId } = access
      const act = { actorId: userId, action: 'endTotp', userId }
      if (await recorded(directory, act, now, () => directoryTotp.remove(directory, userId))) {
        publishFactors(c.env, userId)
        notify(c.env, userId, { kind: 'codesOff' }, now)
      }
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/recovery-codes',
      operationId: 'replaceRecoveryCodes',
      tags: ['me'],
      summary: 'Replace your recovery codes by ten new ones.',
      description: `They are shown here and never again; those before end. ${who.proven}`,
      who: who.registered,
      guards: registered,
      responses: ok(RecoveryCodes, 'Your recovery codes.'),
      problems: [...REGISTERED, 'conflict'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { userId } = access
      const act = { actorId: userId, action: 'replaceRecoveryCodes', userId }
      const codes = await recorded(directory, act, now, () =>
        directoryTotp.renewCodes(directory, userId),
      )
      publishFactors(c.env, userId)
      notify(c.env, userId, { kind: 'recoveryCodes' }, now)
      return c.json({ recoveryCodes: codes }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/users/{userId}/totp-resets',
      operationId: 'resetTotp',
      tags: ['moderation'],
      summary: 'Take the second factor of a user away, who has lost it and every recovery code.',
      description: `First make sure of who asks: afterwards their password is enough. Their devices are told, and the site audit has why. ${who.proven}`,
      who: 'Site admins, of anybody but themselves.',
      guards: [requireSession, requireAdmin],
      request: { params: OneUser, body: body(TotpReset) },
      responses: noContent('The account asks for no code.'),
      problems: ['forbidden', 'suspended', 'not_found', 'proof_required'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { userId } = c.req.valid('param')
      await requireProof(directory, access, now)
      const { reason } = c.req.valid('json')
      const act = { actorId: access.userId, action: 'resetTotp', userId, reason }
      await recorded(directory, act, now, () =>
        directoryTotp.reset(directory, { by: access.userId, userId }),
      )
      publishFactors(c.env, userId)
      notify(c.env, userId, { kind: 'codesReset' }, now)
      return c.body(null, 204)
    },
  )
