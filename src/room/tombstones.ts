import * as messages from './messages'
import * as reactions from './reactions'
import * as versions from './versions'

/** Takes away what a message said and everything that hung on it; its place stays. */
export function lay(sql: SqlStorage, seq: number, at: number): void {
  messages.bury(sql, seq, at)
  versions.purge(sql, seq)
  reactions.purge(sql, seq)
}
