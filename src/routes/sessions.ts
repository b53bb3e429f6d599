import { z } from 'zod'
import { issueTokens, verifyRefreshToken } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import * as directoryLogin from '../directory/login'
import * as directorySessions from '../directory/sessions'
import * as userAgent from '../directory/user-agent'
import { endpoint, router } from '../http/endpoint'
import { body, created, json } from '../http/responses'
import { limitLogIns, limitPasswordAttempts } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { NewSession, RefreshInput, SessionPage, SignedIn } from '../schemas/sessions'

const ended = { 204: { description: 'Ended; an access token still works until it expires.' } }

export const sessions = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions',
      operationId: 'createSession',
      tags: ['sessions'],
      summary: 'Logs in by username or e-mail address.',
      who: 'Anyone with an account.',
      guards: [limitLogIns],
      request: { body: body(NewSession) },
      responses: { 201: created(SignedIn, 'A new session.') },
      problems: ['wrong_password', 'rate_limited'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const login = c.req.valid('json')
      await limitPasswordAttempts(c, login.email ?? login.username ?? '')
      const device = userAgent.deviceName(c.req.header('User-Agent'))
      const options = { device, cost: Number(c.env.PASSWORD_COST) }
      const grant = await directoryLogin.logIn(directory, login, options, now)
      const session = await issueTokens(c.env.TOKEN_SECRET, grant, now)
      const me = await accounts.find(directory, grant.userId, now)
      return c.json({ me, session }, 201, { Location: `/v1/sessions/${session.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/sessions/refresh',
      operationId: 'refreshSession',
      tags: ['sessions'],
      summary: 'Exchanges a refresh token for new tokens.',
      description:
        'A refresh token is good once. The one just replaced gets the same successor for 30 seconds; after that its use ends the session.',
      who: 'Whoever holds the latest refresh token of a session.',
      request: { body: body(RefreshInput) },
      responses: { 200: json(SignedIn, 'The session, its tokens new.') },
      problems: ['unauthenticated', 'token_expired'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const secret = c.env.TOKEN_SECRET
      const refresh = await verifyRefreshToken(secret, c.req.valid('json').refreshToken, now)
      const grant = await directorySessions.rotate(directory, refresh, now)
      const session = await issueTokens(secret, grant, now)
      return c.json({ me: await accounts.find(directory, grant.userId, now), session }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/sessions',
      operationId: 'listSessions',
      tags: ['sessions'],
      summary: "One's own sessions, the latest log-in first.",
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { query: PageQuery },
      responses: { 200: json(SessionPage, 'The devices that are signed in.') },
    }),
    async (c) => {
      const { directory, access, now } = c.var
      return c.json(await directorySessions.list(directory, access, c.req.valid('query'), now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions',
      operationId: 'endSessions',
      tags: ['sessions'],
      summary: "Ends all of one's own sessions, this one too.",
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: ended,
    }),
    async (c) => {
      await directorySessions.endAll(c.var.directory, c.var.access.userId)
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions/current',
      operationId: 'endCurrentSession',
      tags: ['sessions'],
      summary: 'Logs out.',
      who: 'Anyone signed in.',
      guards: [requireSession],
      responses: ended,
    }),
    async (c) => {
      const { userId, sessionId } = c.var.access
      await directorySessions.end(c.var.directory, userId, sessionId)
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/sessions/{sessionId}',
      operationId: 'endSession',
      tags: ['sessions'],
      summary: "Ends one of one's own sessions, such as that of a lost device.",
      who: 'Anyone signed in.',
      guards: [requireSession],
      request: { params: z.strictObject({ sessionId: Id }) },
      responses: ended,
    }),
    async (c) => {
      const { sessionId } = c.req.valid('param')
      await directorySessions.end(c.var.directory, c.var.access.userId, sessionId)
      return c.body(null, 204)
    },
  )
