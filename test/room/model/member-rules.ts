import { rankOf } from './permissions'
import { type ModelMember, type Name, newMember, type RoomModel } from './room-model'
import { first, type Rule, when } from './rule'

/** One acts on those below, and on those who are not there. */
const isBelow = (room: RoomModel, who: Name, whom: Name) =>
  !room.roleOf(whom) || room.rank(who) > room.rank(whom)

export const memberRules = {
  join: (room, { who }) =>
    room.roleOf(who)
      ? 'ok'
      : first(
          [
            () => room.refused(who),
            () => when(!room.isOpen, 'forbidden'),
            () => when(room.deleted.has(who), 'unauthenticated'),
          ],
          () => room.addMember(who, 'member'),
        ),

  leave: (room, { who }) =>
    first([() => room.refused(who), () => when(room.isLastOwner(who), 'last_owner')], () => {
      if (room.roleOf(who)) room.removeMember(who, false)
    }),

  remove: (room, { who, whom }) =>
    first(
      [
        () => room.may(who, 'moderate'),
        () => when(!room.knownMembers.has(whom), 'not_found'),
        () => when(!isBelow(room, who, whom), 'forbidden'),
      ],
      () => {
        if (room.roleOf(whom)) room.removeMember(whom, true)
      },
    ),

  ban: (room, { who, whom }) =>
    first(
      [
        () => when(room.deleted.has(whom), 'not_found'),
        () => room.may(who, 'moderate'),
        () => when(!isBelow(room, who, whom), 'forbidden'),
      ],
      () => {
        if (room.bans.has(whom)) return
        room.bans.set(whom, who)
        room.revokeInvitesOf(whom)
        room.disconnected.set(whom, 4403)
        if (room.roleOf(whom)) room.removeMember(whom, true)
        else room.seq += 1
        // From now on the room knows them.
        if (!room.knownMembers.has(whom)) room.knownMembers.set(whom, { ...newMember })
      },
    ),

  unban: (room, { who, whom }) =>
    first([() => room.may(who, 'moderate')], () => {
      if (room.bans.delete(whom)) room.seq += 1
    }),

  mute: (room, { who, whom, on }) =>
    first(
      [
        () => room.refused(who),
        () => when(!room.roleOf(whom), 'not_found'),
        () => room.may(who, 'moderate'),
        () => when(!isBelow(room, who, whom), 'forbidden'),
      ],
      () => {
        const member = room.knownMembers.get(whom) as ModelMember
        if (member.isMuted !== on) room.seq += 1
        member.isMuted = on
      },
    ),

  promote: (room, { who, whom, role }) =>
    first(
      [
        () => room.refused(who),
        () => when(!room.roleOf(whom), 'not_found'),
        () => room.may(who, 'administer'),
        () => (room.roleOf(whom) === role ? 'ok' : mayMake(room, who, whom, role)),
      ],
      () => {
        if (room.roleOf(whom) !== role) {
          room.seq += 1
          if (rankOf(role) < rankOf('admin')) room.revokeInvitesOf(whom)
        }
        Object.assign(room.knownMembers.get(whom) as ModelMember, { role })
      },
    ),
} satisfies Record<string, Rule>

const mayMake = (room: RoomModel, who: Name, whom: Name, role: ModelMember['role']) =>
  first(
    [
      () => when(room.rank(who) < rankOf(role), 'forbidden'),
      () => when(who !== whom && room.rank(who) <= room.rank(whom), 'forbidden'),
      () => when(room.isLastOwner(whom), 'last_owner'),
    ],
    () => {},
  )
