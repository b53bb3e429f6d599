import type { ModelMessage, ModelPerson, RoomModel, Verdict } from './room-model'
import { first, type Rule, type Try, when } from './rules'

type More = Partial<Pick<ModelMessage, 'mentions' | 'mentionsRoom' | 'replyTo'>>

function post(room: RoomModel, { who, nonce, text }: Try, more: More): Verdict {
  if (room.messages.some((m) => m.author === who && m.nonce === nonce)) return 'ok'
  const target = more.replyTo == null ? undefined : room.message(more.replyTo)
  const mentions = (more.mentions ?? []).filter((name) => name !== who)
  return first(
    [
      () => room.may(who, 'post'),
      () => (more.mentionsRoom ? room.may(who, 'mention all') : 'ok'),
      () => when(!room.roleOf(who) && !!room.people.get(who)?.wasRemoved, 'forbidden'),
      () => when(!mentions.every((name) => room.roleOf(name)), 'invalid'),
      () => when(more.replyTo != null && !target, 'not_found'),
      () => when(!!target?.isDeleted, 'gone'),
    ],
    () => {
      if (!room.roleOf(who)) room.enter(who, 'member')
      room.seq += 1
      const root = target && (room.message(target.replyTo ?? target.seq) as ModelMessage)
      if (root) root.replyCount += 1
      room.messages.push({
        seq: room.seq,
        author: who,
        nonce,
        text,
        isEdited: false,
        isDeleted: false,
        replyTo: root?.seq ?? null,
        replyCount: 0,
        reactions: new Map(),
        isPinned: false,
        mentions,
        mentionsRoom: more.mentionsRoom ?? false,
      })
      const author = room.people.get(who) as ModelPerson
      author.sent += 1
      author.readSeq = room.seq
      author.readN = room.n
    },
  )
}

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
  post: (room, attempt) => post(room, attempt, {}),
  reply: (room, attempt) => post(room, attempt, { replyTo: attempt.seq }),
  mention: (room, attempt) => post(room, attempt, { mentions: [attempt.whom] }),
  'mention all': (room, attempt) => post(room, attempt, { mentionsRoom: true }),

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
        Object.assign(m, { text, isEdited: true })
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
        const gone = { text: null, isEdited: false, isDeleted: true, isPinned: false }
        Object.assign(m, gone, { reactions: new Map() })
        return true
      },
    ),

  react: (room, { who, seq, emoji, on }) =>
    change(
      room,
      seq,
      () => room.may(who, 'react'),
      (m) => when(on && m.isDeleted, 'gone'),
      ({ reactions }) => {
        const given = reactions.get(emoji) ?? new Set()
        if (given.has(who) === on) return false
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
      (m) => {
        if (m.isPinned === on) return false
        m.isPinned = on
        return true
      },
    ),

  mark: (room, { who, seq, on: unread }) =>
    first(
      [
        () => room.may(who, 'read'),
        () => when(!room.roleOf(who), 'forbidden'),
        () => when(seq > room.seq, 'invalid'),
      ],
      () => {
        const person = room.people.get(who) as ModelPerson
        if (seq < person.readSeq && !unread) return
        person.readSeq = seq
        person.readN = room.messages.filter((m) => m.seq <= seq).length
      },
    ),
} satisfies Record<string, Rule>
