import { z } from 'zod'

/** Ids are opaque to clients; ours are UUIDv7. Anything else of sane length is simply not found. */
export const Id = z
  .string()
  .min(1)
  .max(64)
  .meta({ id: 'Id', description: 'An opaque id.', example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12' })

export const Timestamp = z.iso.datetime().meta({
  id: 'Timestamp',
  description: 'ISO-8601, UTC.',
  example: '2026-11-22T20:35:21.000Z',
})

/** Of an input that ends something later: it must not have passed when somebody tries it out. */
export const LATER = '2099-12-31T23:59:59.000Z'

/** A place in a room's one dense sequence of durable changes. */
export const Seq = z.int().min(0).meta({
  id: 'Seq',
  description:
    "A number of the room's one dense sequence of durable changes: a message's id within its room, a page cursor, a resume token.",
  example: 4711,
})

/** A seq in a path or a query, where everything is a string. */
export const SeqParam = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number)
  .meta({ description: "A seq of the room's.", type: 'integer', minimum: 0, example: 4711 })

const HOUR_MS = 60 * 60_000
let hour = { number: Number.NaN, start: '' }
const digits = (value: number, count: number) => String(value).padStart(count, '0')

/** As `Date.toISOString` says it, which takes a fifth of a page of messages: most are of the same hour. */
export function iso(ms: number): string {
  const number = Math.floor(ms / HOUR_MS)
  if (number !== hour.number) hour = { number, start: new Date(ms).toISOString().slice(0, -10) }
  const rest = Math.floor(ms) - number * HOUR_MS
  const [minutes, milliseconds] = [Math.floor(rest / 60_000), rest % 60_000]
  const seconds = Math.floor(milliseconds / 1000)
  return `${hour.start}${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(milliseconds % 1000, 3)}Z`
}

/** Of a user or a room. */
export const AvatarUrl = z.string().nullable().meta({
  description: 'Public, and of this picture for ever; null when there is none.',
  example:
    '/v1/avatars/users/0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12/0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
})

export const avatarUrl = (of: 'users' | 'rooms', id: string, avatar: string | null) =>
  avatar === null ? null : `/v1/avatars/${of}/${id}/${avatar}`
