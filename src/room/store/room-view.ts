import type { SharedMessage } from '../../schemas/messages'
import { avatarUrl, iso } from '../../schemas/primitives'
import type { LastMessage, SharedRoom } from '../../schemas/rooms'
import * as messages from './messages'
import * as sequences from './sequence'
import * as settings from './settings'

const PREVIEW = 140

/** The room as all its members see it: without what is one member's own. */
export function shared(sql: SqlStorage): SharedRoom {
  const { seq, n, t } = sequences.load(sql)
  const room = settings.read(sql)
  const last = messages.findLast(sql)
  return {
    id: room.roomId,
    kind: room.kind,
    access: room.access,
    listed: room.listed,
    receipts: room.receipts,
    hasPassword: room.passwordHash !== null,
    slowModeSeconds: room.slowModeSeconds,
    frozen: room.frozen,
    plainFiles: room.plainFiles,
    name: room.name,
    topic: room.topic,
    avatarUrl: avatarUrl('rooms', room.roomId, room.avatar),
    createdAt: iso(room.createdAt),
    seq,
    n,
    t,
    memberCount: room.memberCount,
    lastMessage: last ? preview(last) : null,
  }
}

const preview = ({ seq, author, text, createdAt }: SharedMessage): LastMessage => ({
  seq,
  author,
  preview: text === null ? null : [...text].slice(0, PREVIEW).join(''),
  createdAt,
})
