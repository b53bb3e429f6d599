import { z } from 'zod'
import { Id, Timestamp } from './primitives'
import { text } from './text'

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9_.]{3,32}$/)
  .toLowerCase()
  .meta({
    description: 'Unique whatever the case; kept in lower case.',
    example: 'ana.lopez',
  })

export const DisplayName = text(1, 64).meta({ example: 'Ana López' })

// Bounded in code points so that hashing is bounded too; NFC because keyboards differ in how they compose.
export const Password = text(8, 256).meta({ example: 'correct horse battery staple' })

export const Email = z.email().max(254).toLowerCase().meta({ example: 'ana@example.com' })

export const SiteRole = z.enum(['user', 'moderator', 'admin']).meta({ id: 'SiteRole' })
export type SiteRole = z.infer<typeof SiteRole>

/** What anyone signed in may see of a user. A deleted account keeps its id and nothing else. */
export const User = z
  .strictObject({
    id: Id,
    username: z.string().nullable().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole.nullable(),
    createdAt: Timestamp.nullable(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** One's own account: the only place where private fields appear. */
export const Me = z
  .strictObject({
    id: Id,
    username: z.string().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole,
    createdAt: Timestamp,
    email: z.string().nullable().meta({ example: 'ana@example.com' }),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const NewUser = z
  .strictObject({
    username: Username.optional().meta({ description: 'Left out: a readable random one.' }),
    displayName: DisplayName.optional().meta({ description: 'Left out: the username.' }),
    email: Email.optional(),
    password: Password,
  })
  .meta({ id: 'NewUser' })
export type NewUser = z.infer<typeof NewUser>

export const MePatch = z
  .strictObject({
    username: Username,
    displayName: DisplayName,
    bio: text(0, 500, { multiline: true }).nullable(),
    email: Email.nullable(),
    password: Password,
    currentPassword: z.string().max(1024).meta({ description: 'Needed to change `password`.' }),
  })
  .partial()
  .meta({ id: 'MePatch' })
export type MePatch = z.infer<typeof MePatch>

/** The author of a message, as the room knows them. */
export const Author = z
  .strictObject({
    id: Id,
    username: z.string().nullable().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
  })
  .meta({ id: 'Author' })
export type Author = z.infer<typeof Author>

export const DELETED_NAME = 'deleted user'
