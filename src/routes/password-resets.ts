import * as passwordReset from '../directory/password-reset'
import { recorded } from '../directory/site-audit'
import { endpoint, router } from '../http/endpoint'
import { body, noContent } from '../http/responses'
import * as who from '../http/who'
import { endAround } from '../inbox/end-sessions'
import { requireMail, startReset } from '../mail/links'
import { notify } from '../mail/notices'
import { limitLinks, limitLogIns } from '../middleware/rate-limits'
import { NewPasswordReset } from '../schemas/emails'
import { PasswordReset } from '../schemas/users'

export const passwordResets = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/password-resets',
      operationId: 'requestPasswordReset',
      tags: ['sessions'],
      summary: 'Have a link sent by which you choose a new password.',
      description:
        'It goes to the address that the account has verified. The answer is the same where there is no such account or address. A link works once, for an hour, and a new one ends the one before. An account is sent 5 an hour at most.',
      who: who.anyone,
      request: { body: body(NewPasswordReset) },
      responses: { 202: { description: 'If there is such an account, the link is on its way.' } },
      problems: ['forbidden', 'rate_limited'],
    }),
    async (c) => {
      requireMail(c.env)
      await limitLinks(c, c.req.header('CF-Connecting-IP'))
      startReset(c.env, c.req.valid('json'), c.var.now)
      return c.body(null, 202)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/password',
      operationId: 'resetPassword',
      tags: ['sessions'],
      summary: 'Choose a new password by the link of a reset.',
      description:
        'The link leads to `/#reset=` and the token. It ends every session of the account; log in with the new password then. A second factor stays.',
      who: 'Anyone who holds the link.',
      request: { body: body(PasswordReset) },
      responses: noContent('The password is changed, and every session has ended.'),
      problems: ['gone', 'rate_limited'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const { token, password } = c.req.valid('json')
      await limitLogIns(c, c.req.header('CF-Connecting-IP'))
      const link = await passwordReset.requireLink(directory, token, now)
      const { userId } = link
      const hash = await passwordReset.hashNew(password, link, Number(c.env.PASSWORD_COST))
      const act = { actorId: userId, action: 'resetPassword', userId }
      await recorded(directory, act, now, () =>
        endAround(c.env, { userId }, now, () => passwordReset.apply(directory, link, hash, now)),
      )
      notify(c.env, userId, { kind: 'reset' }, now)
      return c.body(null, 204)
    },
  )
