/** What happened in this isolate, the Worker's and its rooms' alike. */
export const counts = {
  /** Objects that were constructed: each wake-up constructs one. */
  wakes: 0,
  /** Frames and alarms that objects were given. */
  frames: 0,
  alarms: 0,
  /** What inboxes were told by rooms, and asked to be told. */
  tells: 0,
  watches: 0,
  inboxWakes: 0,
  /** Rows that objects wrote, as the platform bills them. */
  rows: 0,
  /** Statements that reached D1. */
  statements: 0,
  /** Rows that D1 wrote, index entries included. */
  directoryRows: 0,
}

export type Counts = typeof counts

/** Counts the rows that an object writes from now on. */
export function countRows(sql: SqlStorage): void {
  const exec = sql.exec.bind(sql)
  Object.defineProperty(sql, 'exec', {
    value: (...statement: Parameters<SqlStorage['exec']>) => {
      const cursor = exec(...statement)
      counts.rows += cursor.rowsWritten
      return cursor
    },
  })
}
