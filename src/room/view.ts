import type { Message } from '../schemas/messages'
import { iso } from '../schemas/primitives'
import type { LastMessage, Room, SharedRoom } from '../schemas/rooms'
import * as head from './head'
import type { Person } from './members'
import * as messages from './messages'
import { capabilitiesOf } from './permissions'
import * as settings from './settings'

const PREVIEW = 140

/** The room as everyone in it sees it. */
export function shared(sql: SqlStorage): SharedRoom {
  const { seq, n } = head.load(sql)
  const room = settings.read(sql)
  const last = messages.findLast(sql)
  return {
    id: room.roomId,
    kind: room.kind,
    access: room.access,
    listed: room.listed,
    receipts: room.receipts,
    name: room.name,
    topic: room.topic,
    createdAt: iso(room.createdAt),
    seq,
    n,
    memberCount: room.memberCount,
    lastMessage: last ? preview(last) : null,
  }
}

/** The room as one person sees it; `person` is as of now, with what is not yet written down. */
export function personal(sql: SqlStorage, person: Person | undefined): Room {
  const room = shared(sql)
  if (!person?.role) return { ...room, me: null }
  return {
    ...room,
    me: {
      role: person.role,
      capabilities: capabilitiesOf(person.role),
      readSeq: person.readSeq,
      unread: room.n - person.readN,
      visitedAt: iso(person.visitedAt),
      sentCount: person.sentCount,
    },
  }
}

const preview = ({ seq, author, text, createdAt }: Message): LastMessage => ({
  seq,
  author,
  preview: text === null ? null : [...text].slice(0, PREVIEW).join(''),
  createdAt,
})
