import { type ModelPerson, names, rankOf } from './room-model'
import { first, type Rule, when } from './rules'

const nobody: ModelPerson = {
  role: null,
  wasRemoved: false,
  isMuted: false,
  readSeq: 0,
  readN: 0,
  sent: 0,
}

export const memberRules = {
  join: (room, { who }) =>
    room.roleOf(who)
      ? 'ok'
      : first([() => room.refused(who), () => when(!room.isOpen, 'forbidden')], () =>
          room.enter(who, 'member'),
        ),

  leave: (room, { who }) =>
    first([() => room.refused(who), () => when(room.isLastOwner(who), 'last_owner')], () => {
      if (room.roleOf(who)) room.depart(who, false)
    }),

  remove: (room, { who, whom }) =>
    first(
      [
        () => room.may(who, 'moderate'),
        () => when(!room.people.has(whom), 'not_found'),
        () => when(!!room.roleOf(whom) && room.rank(who) <= room.rank(whom), 'forbidden'),
      ],
      () => {
        if (room.roleOf(whom)) room.depart(whom, true)
      },
    ),

  ban: (room, { who, whom }) =>
    first(
      [
        () => room.may(who, 'moderate'),
        () => when(!!room.roleOf(whom) && room.rank(who) <= room.rank(whom), 'forbidden'),
      ],
      () => {
        if (room.banned.has(whom)) return
        room.banned.add(whom)
        room.shutOut.add(whom)
        if (room.roleOf(whom)) room.depart(whom, true)
        else room.seq += 1
        // From now on the room knows them.
        if (!room.people.has(whom)) room.people.set(whom, { ...nobody })
      },
    ),

  unban: (room, { who, whom }) =>
    first([() => room.may(who, 'moderate')], () => {
      if (room.banned.delete(whom)) room.seq += 1
    }),

  mute: (room, { who, whom, on }) =>
    first(
      [
        () => room.refused(who),
        () => when(!room.roleOf(whom), 'not_found'),
        () => room.may(who, 'moderate'),
        () => when(room.rank(who) <= room.rank(whom), 'forbidden'),
      ],
      () => {
        const person = room.people.get(whom) as ModelPerson
        if (person.isMuted !== on) room.seq += 1
        person.isMuted = on
      },
    ),

  promote: (room, { who, whom, role }) => {
    if (room.refused(who) !== 'ok') return room.refused(who)
    if (!room.roleOf(whom)) return 'not_found'
    if (room.roleOf(whom) === role) return room.may(who, 'read') === 'ok' ? 'ok' : 'forbidden'
    return first(
      [
        () => room.may(who, 'administer'),
        () => when(room.rank(who) < rankOf(role), 'forbidden'),
        () => when(who !== whom && room.rank(who) <= room.rank(whom), 'forbidden'),
        () => when(room.isLastOwner(whom), 'last_owner'),
      ],
      () => {
        Object.assign(room.people.get(whom) as ModelPerson, { role })
        room.seq += 1
      },
    )
  },

  topic: (room, { who, text }) =>
    first([() => room.refused(who), () => room.may(who, 'administer')], () => {
      if (room.topic !== text) room.seq += 1
      room.topic = text
    }),

  freeze: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.isFrozen !== on) room.seq += 1
      room.isFrozen = on
    }),

  open: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.isOpen !== on) room.seq += 1
      room.isOpen = on
      if (on) return
      for (const name of names) if (!room.roleOf(name)) room.shutOut.add(name)
    }),
} satisfies Record<string, Rule>
