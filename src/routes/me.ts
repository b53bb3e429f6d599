import * as accountDeletion from '../directory/account-deletion'
import * as accountHiding from '../directory/account-hiding'
import * as accountUpdate from '../directory/account-update'
import * as accounts from '../directory/accounts'
import { recorded } from '../directory/site-audit'
import * as siteRoles from '../directory/site-roles'
import { requireProof } from '../directory/step-up'
import * as profileFanout from '../fanout/profile-fanout'
import { endpoint, router } from '../http/endpoint'
import { metadataChange } from '../http/merge-patch'
import { noContent, ok, patchBody } from '../http/responses'
import * as who from '../http/who'
import { publishAccount } from '../inbox/account-news'
import { endAccount } from '../inbox/client'
import { endAround } from '../inbox/end-sessions'
import { startVerification } from '../mail/links'
import { notify, notifyFormer } from '../mail/notices'
import { limitProofs } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { Deletion, Me, MePatch } from '../schemas/users'

/** What one logs in by. */
const CREDENTIALS = ['username', 'email', 'password'] as const

export const me = router()
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me',
      revalidates: true,
      operationId: 'getMe',
      tags: ['me'],
      summary: 'Read your account, with its private fields.',
      who: who.signedIn,
      guards: [requireSession],
      responses: ok(Me, 'Your account.'),
    }),
    async (c) => {
      const { directory, access, now } = c.var
      return c.json(await accounts.find(directory, access.userId, now), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/me',
      operationId: 'changeMe',
      tags: ['me'],
      summary: 'Change your account.',
      description:
        'A new password ends your other sessions. A new e-mail address is sent a link by which you verify it; one that you had verified is told. A username that you give up stays yours for 30 days: nobody else can take it. A guest chooses `username` and `password` together, and keeps their id, rooms, messages and session.',
      who: who.active,
      guards: [requireSession, requireActive],
      request: { body: patchBody(MePatch) },
      responses: ok(Me, 'Your updated account.'),
      problems: [
        'suspended',
        'wrong_password',
        'proof_required',
        'registration_required',
        'username_taken',
        'too_many',
      ],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const { metadata, ...rest } = c.req.valid('json')
      const patch = { ...rest, ...metadataChange(c.req, metadata) }
      const { currentPassword, password } = patch
      // Both take a hash.
      if (currentPassword !== undefined || password !== undefined)
        await limitProofs(c, access.userId)
      const cost = Number(c.env.PASSWORD_COST)
      const apply = () => accountUpdate.apply(directory, access, patch, { cost, now })
      const credentials = CREDENTIALS.filter((field) => patch[field] !== undefined)
      const detail = { fields: credentials.join(' ') }
      const act = { actorId: access.userId, action: 'changeMe', userId: access.userId, detail }
      const change = () => (credentials.length > 0 ? recorded(directory, act, now, apply) : apply())
      const { userId, sessionId } = access
      const changed =
        password === undefined
          ? await change()
          : await endAround(c.env, { userId, except: sessionId }, now, change)
      profileFanout.enqueue(c.env, userId)
      publishAccount(c.env, userId, now)
      if (changed.hasNewEmail) startVerification(c.env, userId, now)
      if (changed.former) notifyFormer(c.env, changed.former, now)
      if (changed.hasNewPassword) notify(c.env, userId, { kind: 'password' }, now)
      if (changed.hasNewUsername) notify(c.env, userId, { kind: 'username' }, now)
      return c.json(changed.me, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/me',
      operationId: 'deleteMe',
      tags: ['me'],
      summary: 'Delete your account.',
      description:
        'It ends all sessions and hides you at once: to others you are deleted. For 14 days, logging in takes the account back, whole; then it is deleted for good. With `now` it is at once, and so it is for a guest. Nobody can ever take its username.',
      who: 'Anyone signed in, except the last site admin.',
      guards: [requireSession],
      request: { query: Deletion },
      responses: noContent('The account is hidden or deleted. Its rooms show it a moment later.'),
      problems: ['last_admin', 'proof_required'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const { userId } = access
      const { messages, now: isAtOnce } = c.req.valid('query')
      const { guest } = await accounts.find(directory, userId, now)
      const act = { actorId: userId, action: 'deleteMe', userId, detail: { now: isAtOnce } }
      const isFinal = isAtOnce === 'true' || guest
      const apply = isFinal ? accountDeletion.apply : accountHiding.hide
      // Before any session ends: who stays stays signed in.
      if (await siteRoles.isLastAdmin(directory, userId)) throw siteRoles.lastAdminProblem()
      await endAround(c.env, access, now, async () => {
        const work = () => apply(directory, userId, messages, now)
        const deleted = await recorded(directory, act, now, work)
        // At once: whatever fails from here on, nobody can ask for it again.
        profileFanout.enqueue(c.env, userId)
        const until = now + accountHiding.UNDELETE_MS
        if (!isFinal) notify(c.env, userId, { kind: 'deletion', until }, now)
        return deleted
      })
      if (isFinal) await endAccount(c.env, userId, now)
      return c.body(null, 204)
    },
  )
