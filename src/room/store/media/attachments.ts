import { ApiError } from '../../../errors'
import type { SharedMessage } from '../../../schemas/messages'
import { seqRangeOf } from '../sequence'
import * as media from './media'

/** Attaches media to a new message. Throws `invalid` for media that do not exist or are not the author's, `conflict` for attached ones. */
export function attach(sql: SqlStorage, message: SharedMessage, ids: string[]): SharedMessage {
  const attachments = ids.map((id, position) => {
    const item = media.find(sql, id)
    if (!item || item.ownerId !== message.author.id || item.etag === null) {
      throw invalid(position, 'must be media that you uploaded to this room')
    }
    if (item.messageSeq !== null) {
      throw new ApiError('conflict', 'This media is attached to another message. Upload it again.')
    }
    media.attach(sql, id, message.seq, position)
    return item.media
  })
  return { ...message, attachments }
}

/** Adds their attachments to a page of messages, in one query. */
export function addTo(sql: SqlStorage, messages: SharedMessage[]): SharedMessage[] {
  const bySeq = Map.groupBy(findFor(sql, messages), ({ messageSeq }) => messageSeq)
  if (bySeq.size === 0) return messages
  return messages.map((message) => {
    const own = message.deletedAt === null ? bySeq.get(message.seq) : undefined
    return own ? { ...message, attachments: own.map(({ media }) => media) } : message
  })
}

/** Sorted by message, and by position within it. */
function findFor(sql: SqlStorage, messages: SharedMessage[]): media.StoredMedia[] {
  if (messages.length === 0) return []
  const order = 'order by message_seq, position'
  const range = seqRangeOf(messages)
  if (range) {
    return media.select(sql, `where message_seq between ? and ? ${order}`, range.first, range.last)
  }
  const seqs = JSON.stringify(messages.map(({ seq }) => seq))
  return media.select(sql, `where message_seq in (select value from json_each(?)) ${order}`, seqs)
}

const invalid = (position: number, message: string) =>
  new ApiError('invalid', `attachments.${position}: ${message}`, {
    errors: [{ path: `attachments.${position}`, message }],
  })
