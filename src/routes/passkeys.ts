import { z } from 'zod'
import { creationOptions, verifyCreation } from '../auth/passkeys'
import * as accounts from '../directory/accounts'
import { isUser as isAppUser } from '../directory/app-keys'
import * as directoryPasskeys from '../directory/passkeys'
import { recorded } from '../directory/site-audit'
import { requireProof } from '../directory/step-up'
import { deviceName } from '../directory/user-agent'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { byId, pageOf } from '../http/page'
import { passkeyContext } from '../http/passkey-context'
import { body, created, noContent, ok } from '../http/responses'
import * as who from '../http/who'
import { newId } from '../ids'
import { publishFactors } from '../inbox/account-news'
import { notify } from '../mail/notices'
import { requireSession } from '../middleware/require-session'
import { requireRegistered } from '../middleware/require-site-role'
import { PageQuery } from '../schemas/pages'
import {
  NewPasskey,
  Passkey,
  PasskeyCreationOptions,
  PasskeyPage,
  PasskeyPatch,
} from '../schemas/passkeys'
import { Id } from '../schemas/primitives'

const OnePasskey = z.strictObject({ passkeyId: Id })
const registered = [requireSession, requireRegistered('have a passkey')] as const
const REGISTERED = ['suspended', 'registration_required', 'proof_required'] as const
const NOT_OF_APPS = 'Users whom an app key made log in where they come from, and have none.'

export const passkeys = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/passkey-options',
      operationId: 'getPasskeyCreationOptions',
      tags: ['me'],
      summary: 'Ask for what a browser makes a passkey from.',
      description: `${NOT_OF_APPS} ${who.proven}`,
      who: who.registered,
      guards: registered,
      responses: ok(PasskeyCreationOptions, 'The options.'),
      problems: [...REGISTERED, 'forbidden'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { userId, sessionId } = access
      await requireProof(directory, access, now)
      await assertNotOfApp(c.var.directory, userId)
      const { username, displayName } = await accounts.find(directory, userId, now)
      const known = await directoryPasskeys.describe(directory, userId)
      const owner = { userId, username, displayName }
      const purpose = { act: 'add', sessionId } as const
      return c.json(await creationOptions(owner, known, purpose, passkeyContext(c)), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/passkeys',
      operationId: 'addPasskey',
      tags: ['me'],
      summary: 'Add a passkey that the browser has made.',
      description: `It logs you in without a name and a password, and without a code. ${NOT_OF_APPS} ${who.proven}`,
      who: who.registered,
      guards: registered,
      request: { body: body(NewPasskey) },
      responses: { 201: created(Passkey, 'The passkey.') },
      problems: [...REGISTERED, 'forbidden', 'passkey_refused', 'conflict', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { userId, sessionId } = access
      await requireProof(directory, access, now)
      await assertNotOfApp(directory, userId)
      const { credential, name = deviceName(c.req.header('User-Agent')) } = c.req.valid('json')
      const purpose = { act: 'add', sessionId } as const
      const { passkey, challenge } = await verifyCreation(credential, purpose, passkeyContext(c))
      await directoryPasskeys.spend(directory, challenge)
      const { transports = [] } = credential.response
      const input = { ...passkey, id: newId(), userId, transports, name }
      const act = { actorId: userId, action: 'addPasskey', userId, detail: { passkeyId: input.id } }
      const added = await recorded(directory, act, now, () =>
        directoryPasskeys.add(directory, input, now),
      )
      publishFactors(c.env, userId)
      notify(c.env, userId, { kind: 'passkeyAdded', name }, now)
      return c.json(added, 201, { Location: `/v1/me/passkeys/${added.id}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/passkeys',
      revalidates: true,
      operationId: 'listPasskeys',
      tags: ['me'],
      summary: 'List your passkeys, latest first.',
      who: who.signedIn,
      guards: [requireSession],
      request: { query: PageQuery },
      responses: ok(PasskeyPage, 'A page of passkeys.'),
    }),
    async (c) => {
      const { directory, access } = c.var
      const page = await pageOf(c, c.req.valid('query'), byId, (before, limit) =>
        directoryPasskeys.list(directory, access.userId, { before: before?.[0], limit }),
      )
      return c.json(page, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/me/passkeys/{passkeyId}',
      operationId: 'renamePasskey',
      tags: ['me'],
      summary: 'Name a passkey.',
      who: who.registered,
      guards: registered,
      request: { params: OnePasskey, body: body(PasskeyPatch) },
      responses: ok(Passkey, 'The passkey.'),
      problems: ['suspended', 'registration_required', 'not_found'],
    }),
    async (c) => {
      const { directory, access } = c.var
      const one = { userId: access.userId, id: c.req.valid('param').passkeyId }
      const { name } = c.req.valid('json')
      return c.json(await directoryPasskeys.rename(directory, one, name), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me/passkeys/{passkeyId}',
      operationId: 'removePasskey',
      tags: ['me'],
      summary: 'Remove a passkey.',
      description: `The last one stays while you have neither a password nor an identity provider. ${who.proven}`,
      who: who.registered,
      guards: registered,
      request: { params: OnePasskey },
      responses: noContent('Removed. It logs nobody in any more; sessions that it opened go on.'),
      problems: [...REGISTERED, 'last_credential', 'not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const one = { userId: access.userId, id: c.req.valid('param').passkeyId }
      const { userId } = one
      const act = {
        actorId: userId,
        action: 'removePasskey',
        userId,
        detail: { passkeyId: one.id },
      }
      const { name } = await recorded(directory, act, now, () =>
        directoryPasskeys.remove(directory, one),
      )
      publishFactors(c.env, userId)
      notify(c.env, userId, { kind: 'passkeyRemoved', name }, now)
      return c.body(null, 204)
    },
  )

// Their back end says who may log in, and to a passkey it could not say no.
async function assertNotOfApp(
  directory: Parameters<typeof isAppUser>[0],
  userId: string,
): Promise<void> {
  if (await isAppUser(directory, userId)) {
    throw new ApiError('forbidden', 'You log in where you come from, and have no passkeys here.')
  }
}
