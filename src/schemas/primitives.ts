import { z } from 'zod'

/** Ids are UUIDv7, but opaque to clients. Any other string of this length is answered with `not_found`. */
export const Id = z.string().min(1).max(64).meta({
  id: 'Id',
  description: 'A unique id. Treat it as opaque.',
  example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12',
})

export const Timestamp = z.iso.datetime().meta({
  id: 'Timestamp',
  description: 'A time in ISO 8601, in UTC.',
  example: '2026-11-22T20:35:21.000Z',
})

/** Stands beside each time at which something expires, because the clock of a client may be wrong. */
export const ExpiresIn = z.int().min(0).meta({
  id: 'ExpiresIn',
  description:
    'Whole seconds from this answer until it expires. Prefer it where the clock of the device may be wrong.',
  example: 600,
})

/** Example of an end in the future, so that trying a request out works for years. */
export const LATER = '2099-12-31T23:59:59.000Z'

/** An end that somebody chooses: of a ban, a mute, an invite or a suspension. One that has passed is refused. */
export const FutureTimestamp = z.iso
  .datetime()
  .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
  .meta({
    id: 'FutureTimestamp',
    description: 'A time in ISO 8601, in UTC. It must be in the future.',
    example: LATER,
  })

const CENTURY_MS = 100 * 365 * 24 * 60 * 60_000

/** An end that users choose for themselves. A century is long enough for "always", and no slip of the keyboard. */
export const PauseEnd = FutureTimestamp.refine(
  (time) => Date.parse(time) <= Date.now() + CENTURY_MS,
  'must be within 100 years',
).meta({
  id: 'PauseEnd',
  description: 'A time in ISO 8601, in UTC. It must be in the future, and within 100 years.',
  example: LATER,
})

/** Each durable change of a room takes the next number of one sequence without gaps. */
export const Seq = z.int().min(0).meta({
  id: 'Seq',
  description:
    'A sequence number. Every change in a room gets the next one, without gaps. It identifies a message within its room, and you pass it to read pages of messages and to resume a socket.',
  example: 4711,
})

/** A seq in a path or a query, where every value is a string. */
export const SeqParam = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number)
  .meta({
    description: 'A sequence number of this room.',
    type: 'integer',
    minimum: 0,
    example: 4711,
  })

/** Whole seconds from `now` until `end`, both in milliseconds. 0 once it has passed. */
export const secondsUntil = (end: number, now: number): number =>
  Math.max(0, Math.floor((end - now) / 1000))

const HOUR_MS = 60 * 60_000
let hour = { number: Number.NaN, start: '' }
const digits = (value: number, count: number) => String(value).padStart(count, '0')

/**
 * Formats like `Date.toISOString`, but caches the hour. `toISOString` took a fifth of the time of a page of
 * messages, and most timestamps on a page share their hour.
 */
export function iso(ms: number): string {
  const number = Math.floor(ms / HOUR_MS)
  if (number !== hour.number) hour = { number, start: new Date(ms).toISOString().slice(0, -10) }
  const rest = Math.floor(ms) - number * HOUR_MS
  const [minutes, milliseconds] = [Math.floor(rest / 60_000), rest % 60_000]
  const seconds = Math.floor(milliseconds / 1000)
  return `${hour.start}${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(milliseconds % 1000, 3)}Z`
}

/** The avatar of a user or a room. */
export const AvatarUrl = z.string().nullable().meta({
  description:
    'Public URL of the avatar, or null. A new picture gets a new URL, so you can cache it forever.',
  example:
    '/v1/avatars/users/0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12/0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
})

export const avatarUrl = (of: 'users' | 'rooms', id: string, avatar: string | null) =>
  avatar === null ? null : `/v1/avatars/${of}/${id}/${avatar}`
