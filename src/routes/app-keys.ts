import { z } from 'zod'
import { APP_ISSUER } from '../auth/identity-issuers'
import * as directoryAppKeys from '../directory/app-keys'
import { recorded } from '../directory/site-audit'
import { requireProof } from '../directory/step-up'
import { endpoint, router } from '../http/endpoint'
import { signInByIdentity } from '../http/identity-sign-in'
import { byId, pageOf } from '../http/page'
import { body, created, noContent, ok } from '../http/responses'
import { endAll } from '../inbox/end-sessions'
import { requireAppKey } from '../middleware/require-app-key'
import { requireSession } from '../middleware/require-session'
import { requireAdmin } from '../middleware/require-site-role'
import {
  AppKeyPage,
  MadeAppKey,
  NewAppKey,
  NewAppSession,
  NewSuccessor,
  Subject,
} from '../schemas/app-keys'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { LoggedIn } from '../schemas/sessions'

const OneKey = z.strictObject({ keyId: Id })
const ADMINS = 'Site admins.'

export const appKeys = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/app-keys',
      operationId: 'createAppKey',
      tags: ['app keys'],
      summary: 'Make an app key, with which a back end acts for its own users.',
      description:
        'The answer is the only one that has the secret. It takes a proof of who you are. The site audit has who made, replaced and revoked which key.',
      who: ADMINS,
      guards: [requireSession, requireAdmin],
      request: { body: body(NewAppKey) },
      responses: { 201: created(MadeAppKey, 'The key, with its secret.') },
      problems: ['forbidden', 'suspended', 'proof_required', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { id, hash, secret } = await directoryAppKeys.newSecret()
      const input = { ...c.req.valid('json'), by: access.userId }
      const act = { actorId: access.userId, action: 'createAppKey', detail: { keyId: id } }
      const appKey = await recorded(directory, act, now, () =>
        directoryAppKeys.create(directory, { id, hash }, input, now),
      )
      return c.json({ appKey, secret }, 201, { Location: `/v1/app-keys/${id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/app-keys',
      revalidates: true,
      operationId: 'listAppKeys',
      tags: ['app keys'],
      summary: 'List the app keys, newest first.',
      description: 'Without their secrets, and with those that have ended.',
      who: ADMINS,
      guards: [requireSession, requireAdmin],
      request: { query: PageQuery },
      responses: ok(AppKeyPage, 'A page of keys.'),
      problems: ['forbidden', 'suspended'],
    }),
    async (c) => {
      const page = await pageOf(c, c.req.valid('query'), byId, (before, limit) =>
        directoryAppKeys.list(c.var.directory, { before: before?.[0], limit }),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/app-keys/{keyId}/successors',
      operationId: 'replaceAppKey',
      tags: ['app keys'],
      summary:
        'Rotate an app key: make one with the same name and scopes, and let the old one end.',
      description: 'Both are good until the overlap ends. It takes a proof of who you are.',
      who: ADMINS,
      guards: [requireSession, requireAdmin],
      request: { params: OneKey, body: body(NewSuccessor) },
      responses: { 201: created(MadeAppKey, 'The new key, with its secret.') },
      problems: ['forbidden', 'suspended', 'proof_required', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { keyId } = c.req.valid('param')
      const { id, hash, secret } = await directoryAppKeys.newSecret()
      const successor = { id, hash, by: access.userId, ...c.req.valid('json') }
      const detail = { keyId, successorId: id }
      const act = { actorId: access.userId, action: 'replaceAppKey', detail }
      const appKey = await recorded(directory, act, now, () =>
        directoryAppKeys.succeed(directory, keyId, successor, now),
      )
      return c.json({ appKey, secret }, 201, { Location: `/v1/app-keys/${id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/app-keys/{keyId}',
      operationId: 'revokeAppKey',
      tags: ['app keys'],
      summary: 'Revoke an app key, at once.',
      description: 'Sessions that were made by it go on: they are those of the users.',
      who: ADMINS,
      guards: [requireSession, requireAdmin],
      request: { params: OneKey },
      responses: noContent('Revoked.'),
      problems: ['forbidden', 'suspended', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { keyId } = c.req.valid('param')
      const act = { actorId: access.userId, action: 'revokeAppKey', detail: { keyId } }
      await recorded(directory, act, now, () => directoryAppKeys.revoke(directory, keyId, now))
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/app/sessions',
      operationId: 'createAppSession',
      tags: ['app keys'],
      summary: 'Open a session of a user of yours, whom you name by your own id of them.',
      description:
        'The first session makes the user. Hand the tokens to your client; it refreshes them by itself. No user but yours can be named.',
      who: 'App keys (scope `users.mint`).',
      security: [{ appKey: [] }],
      guards: [requireAppKey('users.mint')],
      request: { body: body(NewAppSession) },
      responses: { 201: created(LoggedIn, 'The new session.') },
      problems: ['forbidden'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const { subject, name } = c.req.valid('json')
      await directoryAppKeys.findUser(directory, subject)
      const identity = { issuer: APP_ISSUER, subject, name, provenAt: now }
      const signedIn = await signInByIdentity(c, identity, 'app')
      return c.json(signedIn, 201, { Location: `/v1/sessions/${signedIn.session.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/app/sessions',
      operationId: 'endAppSessions',
      tags: ['app keys'],
      summary: 'End every session of a user of yours, as when they log out of what is yours.',
      who: 'App keys (scope `users.mint`).',
      security: [{ appKey: [] }],
      guards: [requireAppKey('users.mint')],
      request: { query: z.strictObject({ subject: Subject }) },
      responses: noContent('No session from before is good for anything.'),
      problems: ['forbidden'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const userId = await directoryAppKeys.findUser(directory, c.req.valid('query').subject)
      if (userId) {
        const act = { actorId: c.get('appKeyId') ?? '', action: 'endAppSessions', userId }
        await recorded(directory, act, now, () => endAll(c.env, { userId }, now))
      }
      return c.body(null, 204)
    },
  )
