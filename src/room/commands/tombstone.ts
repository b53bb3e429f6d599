import * as searchIndex from '../search/fts-index'
import * as versions from '../store/edits'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'

/**
 * Takes away what a message said and everything that hung on it; its place stays. Returns how many
 * characters left the search index, which is what takes time.
 */
export function lay(sql: SqlStorage, seq: number, at: number): number {
  const indexed = searchIndex.remove(sql, seq)
  messages.bury(sql, seq, at)
  versions.purge(sql, seq)
  reactions.purge(sql, seq)
  return indexed
}
