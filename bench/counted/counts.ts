/** What happened in this isolate, the Worker's and its rooms' alike. */
export const counts = {
  /** Objects that were constructed: each wake-up constructs one. */
  wakes: 0,
  /** Frames and alarms that objects were given. */
  frames: 0,
  alarms: 0,
  /** Rows that rooms wrote, as the platform bills them. */
  rows: 0,
  /** Statements that reached D1. */
  statements: 0,
  /** Rows that D1 wrote, index entries included. */
  directoryRows: 0,
}

export type Counts = typeof counts
