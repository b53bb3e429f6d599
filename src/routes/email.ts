import * as accounts from '../directory/accounts'
import * as emailVerification from '../directory/email-verification'
import { recorded } from '../directory/site-audit'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { body, ok } from '../http/responses'
import * as who from '../http/who'
import { publishAccount } from '../inbox/account-news'
import { requireMail, sendVerification } from '../mail/links'
import { notify } from '../mail/notices'
import { limitLinks } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { EmailVerification } from '../schemas/emails'
import { Me } from '../schemas/users'

const HOUR_SECONDS = 60 * 60

export const email = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/email/verification',
      operationId: 'requestVerification',
      tags: ['me'],
      summary: 'Have another link sent by which you verify your e-mail address.',
      description:
        'Giving an address has the first one sent. A link works once, for an hour, and a new one ends the one before. You are sent 5 an hour at most.',
      who: who.signedIn,
      guards: [requireSession],
      responses: { 202: { description: 'The link is on its way.' } },
      problems: ['conflict', 'forbidden'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      requireMail(c.env)
      await limitLinks(c, `user ${access.userId}`)
      const { emailVerified } = await accounts.find(directory, access.userId, now)
      const outcome = emailVerified ? 'none' : await sendVerification(c.env, access.userId, now)
      if (outcome === 'none') {
        throw new ApiError('conflict', 'Your account has no e-mail address that is to be verified.')
      }
      if (outcome === 'limited') {
        throw new ApiError('rate_limited', 'This address was sent 5 links in an hour. Try later.', {
          retryAfter: HOUR_SECONDS,
        })
      }
      return c.body(null, 202)
    },
  )
  .openapi(
    endpoint({
      method: 'put',
      path: '/v1/me/email/verification',
      operationId: 'verifyEmail',
      tags: ['me'],
      summary: 'Verify your e-mail address by the link that it was sent.',
      description:
        'The link leads to `/#verify=` and the token. From then on the address logs you in and resets your password. It must be the account that the link was sent for.',
      who: who.signedIn,
      guards: [requireSession],
      request: { body: body(EmailVerification) },
      responses: ok(Me, 'Your account, with the verified address.'),
      problems: ['gone', 'conflict'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { token } = c.req.valid('json')
      const { userId } = access
      const act = { actorId: userId, action: 'verifyEmail', userId }
      const me = await recorded(directory, act, now, () =>
        emailVerification.apply(directory, userId, token, now),
      )
      publishAccount(c.env, userId, now)
      notify(c.env, userId, { kind: 'addressVerified' }, now)
      return c.json(me, 200)
    },
  )
