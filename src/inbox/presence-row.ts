import * as schema from './schema'

/** What one inbox says to another of its user. Of two the one with the greater `asOf` is the newer. */
export interface PresenceNews {
  online: boolean
  away: boolean
  /** Milliseconds since the epoch; null while online, and where the other may not know. */
  lastSeenAt: number | null
  asOf: number
}

/** What an inbox keeps of its user's presence. */
export interface StoredPresence {
  lastSeenAt: number | null
  /** The peers who believe that the user is online; null for nobody. */
  told: string[] | null
  /** When they are told otherwise; null while a socket is open, or when the object was killed with sockets open. */
  dueAt: number | null
}

/** A reload of a page is no absence. */
export const ABSENCE_MS = 60_000
/** As many peers as fit into what a socket keeps (16 KiB), and as one user can look at. */
export const MAX_TOLD = 200

export function read(sql: SqlStorage): StoredPresence {
  if (!schema.exists(sql)) return { lastSeenAt: null, told: null, dueAt: null }
  schema.migrate(sql)
  const [row] = sql.exec<Row>('select * from presence').toArray()
  const told = row?.told ? (JSON.parse(row.told) as string[]) : null
  return { lastSeenAt: row?.last_seen_at ?? null, told, dueAt: row?.due_at ?? null }
}

export function write(sql: SqlStorage, { lastSeenAt, told, dueAt }: StoredPresence): void {
  schema.migrate(sql)
  sql.exec(
    'insert or replace into presence (id, last_seen_at, told, due_at) values (1, ?, ?, ?)',
    lastSeenAt,
    told && JSON.stringify(told),
    dueAt,
  )
}

/** Adds a peer who learned that the user is online while the last socket closed. Says whether there was room. */
export function addTold(sql: SqlStorage, userId: string, now: number): boolean {
  const stored = read(sql)
  const told = stored.told ?? []
  if (told.includes(userId)) return true
  if (told.length >= MAX_TOLD) return false
  const dueAt = stored.dueAt ?? now + ABSENCE_MS
  write(sql, { ...stored, told: [...told, userId], dueAt })
  return true
}

/** Whether the last socket closed a moment ago. Only asked while none is open. */
export const isLingering = ({ told, dueAt }: StoredPresence, now: number): boolean =>
  told !== null && dueAt !== null && dueAt > now

/** When peers are to be told that the user is offline; null when nobody is. Only asked while no socket is open. */
export function dueAt(sql: SqlStorage, now: number): number | null {
  const stored = read(sql)
  return stored.told === null ? null : (stored.dueAt ?? now)
}

/** The presence of a user who has no socket open. Builds nothing, so that asking an idle inbox costs little. */
export function absent(sql: SqlStorage, now: number): PresenceNews {
  const stored = read(sql)
  const online = isLingering(stored, now)
  return { online, away: false, lastSeenAt: online ? null : stored.lastSeenAt, asOf: now }
}

/** The same, answered to a peer who tells that they are online. */
export function answerAbsent(
  sql: SqlStorage,
  from: string,
  news: PresenceNews,
  now: number,
): PresenceNews {
  const answer = absent(sql, now)
  // Nobody is told that the user is online who would not hear that this is over.
  const isFull = answer.online && news.online && !addTold(sql, from, now)
  return isFull ? { ...answer, online: false } : answer
}

type Row = { last_seen_at: number | null; told: string | null; due_at: number | null }
