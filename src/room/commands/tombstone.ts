import type { SharedMessage } from '../../schemas/messages'
import * as searchIndex from '../search/fts-index'
import type { State } from '../state/room-state'
import * as versions from '../store/edits'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import * as settings from '../store/settings'

/**
 * Purges what a message said and everything attached to it; its place stays. Returns how many characters left the
 * search index, which is what takes time.
 */
export function layTombstone(sql: SqlStorage, seq: number, at: number): number {
  const indexed = searchIndex.remove(sql, seq)
  messages.bury(sql, seq, at)
  versions.purge(sql, seq)
  reactions.purge(sql, seq)
  return indexed
}

/** Marks the room's row of the directory as behind when its last message changed: it has a preview of that one. */
export function markIfLast({ sql, head }: State, message: SharedMessage): void {
  if (message.n === head.n) settings.touch(sql, head)
}
