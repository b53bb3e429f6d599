import type { ModelMember, ModelMessage, Name, RoomModel, Verdict } from './room-model'
import { type Attempt, first, type Rule, when } from './rule'

type More = Partial<Pick<ModelMessage, 'mentions' | 'mentionsRoom' | 'replyTo' | 'alsoInRoom'>>

const MAX_REPLIERS = 3

function post(room: RoomModel, attempt: Attempt, more: More): Verdict {
  const { who, nonce } = attempt
  if (room.messages.some((m) => m.author === who && m.nonce === nonce)) {
    // Who may no longer read is refused as for a new one, and told its seq.
    return room.may(who, 'read') === 'ok' ? 'ok' : room.may(who, 'post')
  }
  const target = more.replyTo == null ? undefined : room.message(more.replyTo)
  const named = (more.mentions ?? []).filter((name) => name !== who)
  // Who has left is not mentioned; who never was here is refused.
  const mentions = named.filter((name) => room.roleOf(name))
  const isSlow = room.isSlow && room.may(who, 'post at will') !== 'ok'
  const known = room.knownMembers.get(who)
  return first(
    [
      () => room.may(who, 'post'),
      () => (more.mentionsRoom ? room.may(who, 'mention all') : 'ok'),
      () => when(isSlow && known?.isSlowed === true, 'slow_mode'),
      () => when(!room.roleOf(who) && known?.wasRemoved === true, 'forbidden'),
      () => when(room.deleted.has(who), 'unauthenticated'),
      () => when(!named.every((name) => room.knownMembers.has(name)), 'invalid'),
      () => when(more.replyTo != null && !target, 'not_found'),
      () => when(!!target?.isDeleted && target.replyCount === 0, 'gone'),
    ],
    () => {
      if (!room.roleOf(who)) room.addMember(who, 'member')
      const root = target && (room.message(target.replyTo ?? target.seq) as ModelMessage)
      if (root) grow(root, who)
      say(room, attempt, { ...more, mentions, replyTo: root?.seq ?? null })
      if (isSlow) (room.knownMembers.get(who) as ModelMember).isSlowed = true
    },
  )
}

function grow(root: ModelMessage, who: Name): void {
  root.replyCount += 1
  const others = root.repliers.filter((name) => name !== who)
  root.repliers = [who, ...others].slice(0, MAX_REPLIERS)
}

function say(room: RoomModel, { who, nonce, text }: Attempt, more: More): void {
  room.seq += 1
  room.messages.push({
    seq: room.seq,
    author: who,
    nonce,
    text,
    versions: [],
    isDeleted: false,
    replyTo: null,
    alsoInRoom: false,
    replyCount: 0,
    repliers: [],
    reactions: new Map(),
    mentions: [],
    mentionsRoom: false,
    ...more,
  })
  const author = room.knownMembers.get(who) as ModelMember
  author.sent += 1
  if (more.replyTo != null && !more.alsoInRoom) return
  author.readSeq = room.seq
  author.readN = room.n
  author.readT = room.t
}

export const postingRules = {
  post: (room, attempt) => post(room, attempt, {}),
  reply: (room, attempt) => post(room, attempt, { replyTo: attempt.seq, alsoInRoom: attempt.on }),
  mention: (room, attempt) => post(room, attempt, { mentions: [attempt.whom] }),
  'mention all': (room, attempt) => post(room, attempt, { mentionsRoom: true }),
} satisfies Record<string, Rule>
