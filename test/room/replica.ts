import type { Event, Snapshot } from '../../src/schemas/events'
import type { MediaKind } from '../../src/schemas/media'
import type { SharedMessage } from '../../src/schemas/messages'
import type { Author } from '../../src/schemas/users'

/** What a front end does with an event: assigns what it carries, never adds or looks anything up. */
export function apply({ room, messages }: Snapshot, event: Event): Snapshot {
  const change = (seq: number, more: Partial<SharedMessage>) => {
    next.messages = next.messages.map((m) => (m.seq === seq ? { ...m, ...more } : m))
  }
  const next: Snapshot = { seq: event.seq, room: { ...room, seq: event.seq }, messages }
  switch (event.type) {
    case 'message.posted':
      next.messages = [event.message, ...messages].slice(0, 50)
      next.room.n = event.message.n
      next.room.t = event.message.t
      if (event.root) change(event.root.seq, event.root)
      if (event.message.replyTo === null || event.message.alsoInRoom) {
        next.room.lastMessage = last(event.message)
      }
      break
    case 'message.edited':
      // An earlier event of this replay had it.
      if (!event.message) break
      change(event.messageSeq, event.message)
      if (room.lastMessage?.seq === event.messageSeq) next.room.lastMessage = last(event.message)
      break
    case 'message.deleted':
      next.messages = messages.map((m) => (m.seq === event.message.seq ? event.message : m))
      if (room.lastMessage?.seq === event.message.seq) next.room.lastMessage = last(event.message)
      break
    case 'messages.erased': {
      const { authorId, from, to, at } = event
      const isErased = (m: { author: Author; seq: number }) =>
        m.author.id === authorId && m.seq >= from && m.seq <= to
      next.messages = messages.map((m) =>
        isErased(m)
          ? {
              ...m,
              text: null,
              editedAt: null,
              deletedAt: m.deletedAt ?? at,
              reactions: [],
              pinned: false,
              attachments: [],
              metadata: {},
            }
          : m,
      )
      if (room.lastMessage && isErased(room.lastMessage)) {
        next.room.lastMessage = { ...room.lastMessage, preview: null, attachments: null }
      }
      break
    }
    case 'reaction.added':
    case 'reaction.removed':
      change(event.messageSeq, { reactions: event.reactions })
      break
    case 'message.pinned':
    case 'message.unpinned':
      change(event.messageSeq, { pinned: event.pinned })
      break
    case 'member.joined':
    case 'member.left':
    case 'member.changed':
      next.room.memberCount = event.memberCount
      next.messages = messages.map((m) => ({
        ...m,
        author: renamed(m.author, event.member.user),
        replyAuthors: m.replyAuthors.map((author) => renamed(author, event.member.user)),
      }))
      if (room.lastMessage) {
        const author = renamed(room.lastMessage.author, event.member.user)
        next.room.lastMessage = { ...room.lastMessage, author }
      }
      break
    case 'room.changed':
    case 'room.deleted':
      next.room = event.room
  }
  return next
}

const renamed = (author: Author, user: Author) => (author.id === user.id ? user : author)

const last = ({ seq, author, text, attachments, createdAt }: SharedMessage) => ({
  seq,
  author,
  preview: text === null ? null : [...text].slice(0, 140).join(''),
  attachments: summary(attachments.map(({ kind }) => kind)),
  createdAt,
})

const summary = (kinds: MediaKind[]) => {
  const [first = null] = kinds
  if (first === null) return null
  return { kind: kinds.some((kind) => kind !== first) ? null : first, count: kinds.length }
}
