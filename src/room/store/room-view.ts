import { previewOf } from '../../schemas/mention-markup'
import type { SharedMessage } from '../../schemas/messages'
import { fromStored } from '../../schemas/metadata'
import { avatarUrl, iso } from '../../schemas/primitives'
import type { LastMessage, SharedRoom } from '../../schemas/rooms'
import * as messages from './messages'
import * as sequences from './sequence'
import * as settings from './settings'

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
    key: room.key,
    topic: room.topic,
    avatarUrl: avatarUrl('rooms', room.roomId, room.avatar),
    createdAt: iso(room.createdAt),
    seq,
    n,
    t,
    memberCount: room.memberCount,
    lastMessage: last ? preview(last) : null,
    metadata: fromStored(room.metadata),
  }
}

const preview = (message: SharedMessage): LastMessage => ({
  seq: message.seq,
  author: message.author,
  preview: message.text === null ? null : previewOf(message.text),
  attachments: summarizeAttachments(message),
  createdAt: message.createdAt,
})

/** How many attachments a message has, and of which kind if of one. null when there are none. */
export function summarizeAttachments({
  attachments,
}: Pick<SharedMessage, 'attachments'>): LastMessage['attachments'] {
  const [first] = attachments
  if (!first) return null
  const areAlike = attachments.every(({ kind }) => kind === first.kind)
  return { kind: areAlike ? first.kind : null, count: attachments.length }
}
