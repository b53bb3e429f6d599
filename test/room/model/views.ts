import type { Invite } from '../../../src/schemas/invites'
import type { Message } from '../../../src/schemas/messages'
import type { Room } from '../../../src/schemas/rooms'
import type { ModelInvite, ModelMessage, Name, RoomModel } from './room-model'

type NameOf = (id: string) => Name

/** How many of the latest users of an invite are shown. */
const SHOWN_USES = 20

export const room = ({
  seq,
  n,
  t,
  memberCount,
  access,
  frozen,
  slowModeSeconds,
  topic,
  me,
}: Room) => ({
  seq,
  n,
  t,
  memberCount,
  isOpen: access === 'open',
  isFrozen: frozen,
  isSlow: slowModeSeconds > 0,
  topic,
  me: me && {
    role: me.role,
    isMuted: me.mutedUntil !== null,
    readSeq: me.readSeq,
    sent: me.sentCount,
    unread: me.unread,
    unreadMentions: me.unreadMentions,
    mayPost: me.capabilities.includes('message.post'),
  },
})

export function expectedRoom(model: RoomModel, name: Name) {
  const { seq, n, t, isOpen, isFrozen, isSlow, topic } = model
  const member = model.knownMembers.get(name)
  const me = member?.role && {
    role: member.role,
    isMuted: member.isMuted,
    readSeq: member.readSeq,
    sent: member.sent,
    ...unread(model, name),
    mayPost: model.may(name, 'post') === 'ok',
  }
  return {
    seq,
    n,
    t,
    memberCount: model.members.length,
    isOpen,
    isFrozen,
    isSlow,
    topic,
    me: me || null,
  }
}

/** How many messages someone has not read, and how many of those mention them. */
function unread(model: RoomModel, name: Name): { unread: number; unreadMentions: number } {
  const missed = model.messages.slice(model.knownMembers.get(name)?.readN ?? 0)
  const mentioning = missed.filter((m) => m.mentionsRoom || m.mentions.includes(name))
  return {
    unread: model.t - (model.knownMembers.get(name)?.readT ?? 0),
    unreadMentions: mentioning.length,
  }
}

export const message = (message: Message, nameOf: NameOf) => ({
  seq: message.seq,
  author: nameOf(message.author.id),
  nonce: message.nonce,
  text: message.text,
  isEdited: message.editedAt !== null,
  isDeleted: message.deletedAt !== null,
  t: message.t,
  replyTo: message.replyTo,
  alsoInRoom: message.alsoInRoom,
  replyCount: message.replyCount,
  repliers: message.replyAuthors.map(({ id }) => nameOf(id)),
  reactions: message.reactions.map(({ emoji, count, me }) => [emoji, count, me]),
  isPinned: message.pinned,
  mentions: message.mentions.map(nameOf),
  mentionsRoom: message.mentionsRoom,
})

export function expectedMessage(model: RoomModel, message: ModelMessage, reader: Name) {
  const { versions, reactions, ...same } = message
  return {
    ...same,
    t: model.timelineUpTo(model.messages.indexOf(message) + 1),
    isEdited: versions.length > 0,
    isPinned: model.isPinned(message.seq),
    reactions: [...reactions].map(([emoji, who]) => [emoji, who.size, who.has(reader)]),
  }
}

export const invite = ({ by, maxUses, uses, usedBy }: Invite, nameOf: NameOf) => ({
  by: nameOf(by.id),
  maxUses,
  uses,
  usedBy: usedBy.map(({ id }) => nameOf(id)),
})

export const expectedInvite = ({ by, maxUses, usedBy }: ModelInvite) => ({
  by,
  maxUses,
  uses: usedBy.length,
  usedBy: usedBy.slice(-SHOWN_USES).reverse(),
})
