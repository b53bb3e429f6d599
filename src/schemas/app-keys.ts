import { z } from 'zod'
import { page } from './pages'
import { Id, Timestamp } from './primitives'
import { text } from './text'

/** What a key of a back end may be for. */
export const Scope = z
  .enum(['users.mint', 'rooms.write', 'messages.write', 'moderation', 'read'])
  .meta({ id: 'Scope' })
export type Scope = z.infer<typeof Scope>

export const NewAppKey = z
  .strictObject({
    name: text(1, 64).meta({ example: 'Shop back end' }),
    scopes: z.array(Scope).min(1).max(Scope.options.length),
  })
  .meta({ id: 'NewAppKey' })
export type NewAppKey = z.infer<typeof NewAppKey>

/** A key as site admins see it, without its secret. */
export const AppKey = z
  .strictObject({
    id: Id,
    name: z.string().meta({ example: 'Shop back end' }),
    scopes: z.array(Scope),
    createdBy: Id,
    createdAt: Timestamp,
    overlapUntil: Timestamp.nullable().meta({
      example: null,
      description: 'When the overlap with its successor ends; null where it has none.',
    }),
    revokedAt: Timestamp.nullable().meta({ example: null }),
  })
  .meta({ id: 'AppKey' })
export type AppKey = z.infer<typeof AppKey>

export const AppKeyPage = page(AppKey, 'AppKeyPage')

/** The only answer that has the secret. */
export const MadeAppKey = z
  .strictObject({
    appKey: AppKey,
    secret: z.string().meta({
      example: 'ck_c2VjcmV0LXNlY3JldC1zZQ',
      description: 'Keep it: it is shown here and never again.',
    }),
  })
  .meta({ id: 'MadeAppKey' })

/** Long enough for a release of every server that has the old key. */
export const MAX_OVERLAP_SECONDS = 7 * 24 * 60 * 60

export const NewSuccessor = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(MAX_OVERLAP_SECONDS)
      .default(24 * 60 * 60)
      .meta({ description: 'For how long the old key is good, too.' }),
  })
  .meta({ id: 'NewSuccessor' })

export const Subject = z.string().min(1).max(255).meta({
  description: 'What you call this user: any text of up to 255 characters that stays theirs.',
  example: 'customer-4711',
})

export const NewAppSession = z
  .strictObject({
    subject: Subject,
    name: z.string().max(255).optional().meta({
      description: 'Becomes the display name, if it is one that a user may have.',
      example: 'Ana López',
    }),
  })
  .meta({ id: 'NewAppSession' })
