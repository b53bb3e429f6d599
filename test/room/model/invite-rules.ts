import type { ModelInvite, RoomModel, Verdict } from './room-model'
import { first, type Rule, when } from './rule'

const find = (room: RoomModel, back: number): ModelInvite | undefined => room.invites.at(-back)

function isGood(invite: ModelInvite | undefined): Verdict {
  if (!invite) return 'not_found'
  const isUsedUp = invite.maxUses !== null && invite.usedBy.length >= invite.maxUses
  return when(invite.isRevoked || isUsedUp, 'gone')
}

export const inviteRules = {
  invite: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      room.invites.push({ by: who, maxUses: on ? 1 : null, usedBy: [], isRevoked: false })
    }),

  revoke: (room, { who, invite }) =>
    first([() => room.may(who, 'administer'), () => when(!find(room, invite), 'not_found')], () =>
      Object.assign(find(room, invite) as ModelInvite, { isRevoked: true }),
    ),

  preview: (room, { who, invite }) =>
    first([() => isGood(find(room, invite)), () => room.refused(who)], () => {}),

  /** Enters by an invite; where the room is open it is not needed, and not looked at. */
  'join by invite': (room, { who, invite }) =>
    room.roleOf(who)
      ? 'ok'
      : first(
          [
            () => room.refused(who),
            () => (room.isOpen ? 'ok' : isGood(find(room, invite))),
            () => when(room.deleted.has(who), 'unauthenticated'),
          ],
          () => {
            if (!room.isOpen) find(room, invite)?.usedBy.push(who)
            room.addMember(who, 'member')
          },
        ),
} satisfies Record<string, Rule>
