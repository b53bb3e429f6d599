import type { SharedMessage } from '../../schemas/messages'
import * as ftsIndex from '../search/fts-index'
import type { RoomState } from '../state/room-state'
import * as edits from '../store/edits'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import * as settings from '../store/settings'
import { isInTimeline } from '../store/timeline/timeline'

/**
 * Purges what a message said and everything attached to it; its place stays. Returns how many characters left the
 * search index, which is what takes time.
 */
export function layTombstone(sql: SqlStorage, seq: number, at: number): number {
  const indexed = ftsIndex.removeMessage(sql, seq)
  messages.tombstone(sql, seq, at)
  edits.purge(sql, seq)
  reactions.purge(sql, seq)
  return indexed
}

/** Marks the room's row of the directory as behind when its last message changed: it has a preview of that one. */
export function markIfLast({ sql, sequence }: RoomState, message: SharedMessage): void {
  if (message.t === sequence.t && isInTimeline(message)) settings.markDirty(sql, sequence)
}
