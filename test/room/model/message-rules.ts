import { tombstone } from './bulk-delete-rules'
import type { ModelMember, ModelMessage, RoomModel, Verdict } from './room-model'
import { first, type Rule, when } from './rule'

/** Changes a message that must be there; what is so already is no event. */
function change(
  room: RoomModel,
  seq: number,
  may: () => Verdict,
  checks: (message: ModelMessage) => Verdict,
  apply: (message: ModelMessage) => boolean,
): Verdict {
  const message = room.message(seq)
  return first(
    [may, () => when(!message, 'not_found'), () => checks(message as ModelMessage)],
    () => {
      if (apply(message as ModelMessage)) room.seq += 1
    },
  )
}

export const messageRules = {
  edit: (room, { who, seq, text }) =>
    change(
      room,
      seq,
      () => room.may(who, 'read'),
      (m) => {
        if (m.author !== who) return 'forbidden'
        const may = room.may(who, 'own')
        return may === 'ok' ? when(m.isDeleted, 'gone') : may
      },
      (m) => {
        if (m.text === text) return false
        m.versions.unshift(m.text as string)
        m.text = text
        return true
      },
    ),

  delete: (room, { who, seq }) =>
    change(
      room,
      seq,
      () => room.may(who, 'read'),
      (m) => {
        // Also of those who left, and of the silenced.
        if (m.author === who) return 'ok'
        const may = room.may(who, 'moderate')
        return may === 'ok' ? when(room.rank(who) <= room.rank(m.author), 'forbidden') : may
      },
      (m) => {
        if (m.isDeleted) return false
        tombstone(room, m)
        return true
      },
    ),

  react: (room, { who, seq, emoji, on }) =>
    change(
      room,
      seq,
      () => room.may(who, 'react'),
      (m) => {
        if (!on || m.reactions.get(emoji)?.has(who)) return 'ok'
        if (m.isDeleted) return 'gone'
        if (room.roleOf(who)) return 'ok'
        // Whoever reacts joins, as whoever posts.
        if (room.knownMembers.get(who)?.wasRemoved) return 'forbidden'
        return when(room.deleted.has(who), 'unauthenticated')
      },
      ({ reactions }) => {
        const given = reactions.get(emoji) ?? new Set()
        if (given.has(who) === on) return false
        if (on && !room.roleOf(who)) room.addMember(who, 'member')
        if (on) reactions.set(emoji, given.add(who))
        else given.delete(who)
        if (given.size === 0) reactions.delete(emoji)
        return true
      },
    ),

  pin: (room, { who, seq, on }) =>
    change(
      room,
      seq,
      () => room.may(who, 'pin'),
      (m) => when(on && m.isDeleted, 'gone'),
      () => {
        if (room.isPinned(seq) === on) return false
        if (on) room.pins.unshift({ seq, by: who })
        else room.pins = room.pins.filter((pin) => pin.seq !== seq)
        return true
      },
    ),

  'mark read': (room, { who, seq, on: unread }) =>
    first(
      [
        () => room.may(who, 'read'),
        () => when(!room.roleOf(who), 'forbidden'),
        () => when(seq > room.seq, 'invalid'),
      ],
      () => {
        const member = room.knownMembers.get(who) as ModelMember
        if (seq < member.readSeq && !unread) return
        member.readSeq = seq
        member.readN = room.messages.filter((m) => m.seq <= seq).length
        member.readT = room.timelineUpTo(member.readN)
      },
    ),
} satisfies Record<string, Rule>
