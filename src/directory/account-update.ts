import { and, eq, exists, isNotNull, isNull, ne, not, or, sql } from 'drizzle-orm'
import { requireUncommon } from '../auth/password-policy'
import * as passwords from '../auth/passwords'
import type { AccessClaims } from '../auth/tokens'
import { ApiError, registrationRequired } from '../errors'
import { FOLDING, fold } from '../folding'
import { changeStored, type MetadataChange } from '../schemas/metadata'
import type { Me, MePatch } from '../schemas/users'
import * as accounts from './accounts'
import { isUser as isAppUser } from './app-keys'
import type { Directory } from './database'
import * as login from './login'
import { assertNotPosing, isReservedUsername, skeleton } from './reserved-names'
import { sessions, users } from './schema'
import * as stepUp from './step-up'
import * as suspensions from './suspensions'
import * as totp from './totp'
import * as usernames from './usernames'

export interface Changed {
  me: Me
  /** The sessions that a new password ended. */
  ended: string[]
  /** Another than before, or the first. */
  hasNewPassword: boolean
  hasNewUsername: boolean
  hasNewEmail: boolean
  /** The verified address that the account has no more. */
  former: { email: string; username: string } | undefined
}

/**
 * Changes a user's own account. A new password ends every other session. A username and a password make a guest a registered
 * user, in the one statement that requires a guest. `cost` is log2 of scrypt's N. Throws `wrong_password`, `proof_required`,
 * `registration_required`, `username_taken`, `too_many`, `invalid`, `suspended`, `unauthenticated`.
 */
export async function apply(
  directory: Directory,
  access: Pick<AccessClaims, 'userId' | 'sessionId'>,
  patch: MePatch & MetadataChange,
  { cost, now }: { cost: number; now: number },
): Promise<Changed> {
  const before = await accounts.requireRow(directory, access.userId)
  suspensions.assertNotSuspended(before, now)
  if (patch.displayName !== undefined) assertNotPosing(patch.displayName)
  const isGuest = before.guestUntil !== null
  assertComplete(patch, { isGuest })
  const isRenamed = patch.username !== undefined && patch.username !== before.username && !isGuest
  if (isRenamed) await usernames.assertMayRename(directory, access.userId, now)
  if (patch.email !== undefined && patch.email !== before.email) {
    await proveForChange(directory, access, patch, { cost, now })
  }
  if (patch.password !== undefined && !isGuest) {
    await proveForPassword(directory, access, { before, patch, now })
  }
  const passwordHash = await hashNewPassword(before, patch, cost)
  const update = updateStatement(directory, before, patch, { passwordHash, now })
  const { userId } = access
  const held =
    patch.username !== undefined && before.username !== null && isRenamed
      ? usernames.hold(directory, before.username, { userId, username: patch.username, now })
      : []
  try {
    const [[after], ended] = passwordHash
      ? await directory.batch([update, endOtherSessions(directory, access, passwordHash), ...held])
      : [(await directory.batch([update, ...held]))[0], []]
    if (after) return changedOf(before, after, { ended: ended.map(({ id }) => id), now })
  } catch (error) {
    throw usernames.toTakenProblem(error)
  }
  if (patch.username) {
    const claim = { userId: access.userId, username: patch.username, now }
    if (await usernames.findReserved(directory, claim)) throw usernames.usernameTakenProblem()
  }
  // The account changed after it was read. Try again: if the change is not allowed any more, this throws.
  return apply(directory, access, patch, { cost, now })
}

function changedOf(
  before: accounts.Row,
  after: accounts.Row,
  { ended, now }: { ended: string[]; now: number },
): Changed {
  const { email, emailVerifiedAt, username } = before
  const isGone = email !== after.email && email !== null && emailVerifiedAt !== null
  return {
    me: accounts.toMe(after, now),
    ended,
    hasNewPassword: before.passwordHash !== after.passwordHash,
    hasNewUsername: username !== after.username,
    hasNewEmail: after.email !== null && after.email !== email,
    former: isGone && username !== null ? { email, username } : undefined,
  }
}

/** Throws for a change that lacks what belongs to it. */
function assertComplete(patch: MePatch, { isGuest }: { isGuest: boolean }): void {
  const { username, password, email } = patch
  if (!isGuest) return
  if (username !== undefined && password === undefined) {
    throw missing('password', 'is required: a guest chooses it with a username')
  }
  if (password !== undefined && username === undefined) {
    throw missing('username', 'is required: a guest chooses it with a password')
  }
  if (username === undefined && email) throw registrationRequired('have an e-mail address')
  // Such a name would say that they are a guest.
  if (username !== undefined && isReservedUsername(username)) throw usernames.usernameTakenProblem()
}

const missing = (path: string, message: string) =>
  new ApiError('invalid', `${path}: ${message}`, { errors: [{ path, message }] })

// Whoever can change the address can take the account over, so it takes a proof; a new password always has one.
async function proveForChange(
  directory: Directory,
  access: Pick<AccessClaims, 'userId' | 'sessionId'>,
  { currentPassword, password }: MePatch,
  { cost, now }: { cost: number; now: number },
): Promise<void> {
  if (password !== undefined) return
  // Where a password is not enough to log in, it is none here.
  if (currentPassword === undefined || (await totp.isOn(directory, access.userId))) {
    return stepUp.requireProof(directory, access, now)
  }
  await stepUp.proveByPassword(directory, access, currentPassword, { cost, now })
}

// Whoever has forgotten the password proves who they are by something else, and so does who never had one.
async function proveForPassword(
  directory: Directory,
  access: Pick<AccessClaims, 'userId' | 'sessionId'>,
  { before, patch, now }: { before: accounts.Row; patch: MePatch; now: number },
): Promise<void> {
  if (patch.currentPassword !== undefined) {
    if (await totp.isOn(directory, before.id)) await stepUp.requireProof(directory, access, now)
    return
  }
  if (before.passwordHash !== null && !(await stepUp.isProvenOtherwise(directory, access, now))) {
    throw missing('currentPassword', 'is required, unless you proved who you are by something else')
  }
  if (await isAppUser(directory, before.id)) {
    throw new ApiError('forbidden', 'You log in where you come from, and have no password here.')
  }
  await stepUp.requireProof(directory, access, now)
}

async function hashNewPassword(before: accounts.Row, patch: MePatch, cost: number) {
  if (patch.password === undefined) return undefined
  if (before.guestUntil === null && patch.currentPassword !== undefined) {
    await login.requirePassword(patch.currentPassword, before.passwordHash, cost)
  }
  await requireUncommon(patch.password, [
    patch.username ?? before.username,
    patch.displayName ?? before.displayName,
    patch.email ?? before.email,
  ])
  return passwords.hash(patch.password, cost)
}

function updateStatement(
  directory: Directory,
  before: accounts.Row,
  patch: MePatch & MetadataChange,
  { passwordHash, now }: { passwordHash: string | undefined; now: number },
) {
  const {
    username,
    displayName,
    bio,
    email,
    messagePolicy,
    addPolicy,
    lastSeenPolicy,
    doNotDisturbUntil,
  } = patch
  const foldedName = displayName && fold(displayName)
  const isUpgrade = before.guestUntil !== null && passwordHash !== undefined
  const profileVersion = sql`${users.profileVersion} + (
    ${users.username} is not ${username ?? users.username} or
    ${users.displayName} is not ${displayName ?? users.displayName})`
  const dmAccessVersion = sql`${users.dmAccessVersion} + (
    ${users.messagePolicy} is not ${messagePolicy ?? users.messagePolicy}) + ${isUpgrade ? 1 : 0}`
  const policies = { messagePolicy, addPolicy, lastSeenPolicy, dmAccessVersion }
  return directory
    .update(users)
    .set({
      username,
      usernameSkeleton: username === undefined ? undefined : skeleton(username),
      displayName,
      foldedName,
      foldVersion: displayName === undefined ? undefined : FOLDING,
      bio,
      metadata: patch.metadata === undefined ? undefined : changeStored(before.metadata, patch),
      email,
      emailVerifiedAt: email === undefined ? undefined : verificationOf(email),
      passwordHash,
      guestUntil: isUpgrade ? null : undefined,
      doNotDisturbUntil: toTime(doNotDisturbUntil),
      profileVersion,
      ...policies,
    })
    .where(
      and(
        eq(users.id, before.id),
        isNull(users.deletedAt),
        suspensions.isNotSuspended(now),
        username === undefined
          ? undefined
          : or(
              eq(users.username, username),
              not(usernames.isReserved(directory, { userId: before.id, username, now })),
            ),
        passwordHash === undefined
          ? undefined
          : sql`${users.passwordHash} is ${before.passwordHash}`,
        isUpgrade ? isNotNull(users.guestUntil) : undefined,
        // What was merged into is what is there.
        patch.isMerge ? sql`${users.metadata} is ${before.metadata}` : undefined,
      ),
    )
    .returning()
}

// undefined: as it was.
const toTime = (time: string | null | undefined) =>
  typeof time === 'string' ? Date.parse(time) : time

/** A new address is not verified. The one that is there already stays what it is. */
const verificationOf = (email: string | null) =>
  email === null ? null : sql`iif(${users.email} = ${email}, ${users.emailVerifiedAt}, null)`

/** The statement that ends every session but this one, provided that the password was changed. */
function endOtherSessions(
  directory: Directory,
  { userId, sessionId }: Pick<AccessClaims, 'userId' | 'sessionId'>,
  passwordHash: string,
) {
  const changed = directory
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.passwordHash, passwordHash)))
  return directory
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId), exists(changed)))
    .returning({ id: sessions.id })
}
