import type { Invite } from '../../schemas/invites'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as allowlist from '../store/access/allowlist'
import * as invites from '../store/access/invites'
import * as members from '../store/members'
import type { CommandContext } from './command-context'
import { removeMember } from './moderate'

/**
 * Puts someone on the allowlist. Again changes nothing. Their name stays in the directory, which is asked when the list
 * is shown: a copy here would need a membership row for a stranger, or would outlive a rename. Throws `too_many`.
 */
export function allowUser(
  context: CommandContext,
  { userId }: { userId: string },
): CommandResult<null> {
  authorize(context, 'allowlist.edit')
  const { state, caller, now } = context
  allowlist.put(state.sql, userId, caller.userId, now)
  return { value: null }
}

/** Takes someone off the allowlist, and so out of the room. */
export function disallowUser(
  context: CommandContext,
  { userId }: { userId: string },
): CommandResult<null> {
  authorize(context, 'allowlist.edit')
  const { sql } = context.state
  allowlist.remove(sql, userId)
  if (!members.find(sql, userId)?.role) return { value: null }
  return removeMember(context, { userId })
}

/** Creates an invite, whose secret stays outside. Throws `too_many`. */
export function createInvite(
  context: CommandContext,
  invite: invites.NewInvite,
): CommandResult<Invite> {
  authorize(context, 'invite.create')
  const { state, caller, now } = context
  return { value: invites.create(state.sql, invite, caller.userId, now) }
}

/** Ends an invite. Again changes nothing. Throws `not_found`. */
export function revokeInvite(context: CommandContext, { id }: { id: string }): CommandResult<null> {
  authorize(context, 'invite.create')
  const { sql } = context.state
  invites.revoke(sql, invites.get(sql, id, context.now).id)
  return { value: null }
}
