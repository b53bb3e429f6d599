import { z } from 'zod'
import { AddPolicy, MessagePolicy } from './contact-policies'
import { Cursor, Limit, page } from './pages'
import { AvatarUrl, Id, LATER, Timestamp } from './primitives'
import { Relation } from './relations'
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
    avatarUrl: AvatarUrl,
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole.nullable(),
    createdAt: Timestamp.nullable(),
    relation: Relation.optional(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** One's own account: the only place where private fields appear. */
export const Me = z
  .strictObject({
    id: Id,
    username: z.string().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    avatarUrl: AvatarUrl,
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole,
    createdAt: Timestamp,
    email: z.string().nullable().meta({ example: 'ana@example.com' }),
    messagePolicy: MessagePolicy,
    addPolicy: AddPolicy,
    suspendedUntil: Timestamp.nullable().meta({
      example: null,
      description:
        'Until then this account reads, logs out, deletes itself and does nothing else; null when it is not suspended.',
    }),
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
    messagePolicy: MessagePolicy,
    addPolicy: AddPolicy,
    password: Password,
    currentPassword: z.string().max(1024).meta({ description: 'Needed to change `password`.' }),
  })
  .partial()
  .refine(({ password, currentPassword }) => !password || currentPassword !== undefined, {
    message: 'is needed to change `password`',
    path: ['currentPassword'],
  })
  .meta({ id: 'MePatch', example: { displayName: 'Ana López', bio: 'Tea, trains, type theory.' } })
export type MePatch = z.infer<typeof MePatch>

export const UserPage = page(User, 'UserPage')

export const UsersQuery = z.strictObject({
  search: text(1, 64).meta({
    description: 'How the username or the display name begins, whatever the case.',
    example: 'ana',
  }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type UsersQuery = z.infer<typeof UsersQuery>

export const RoleInput = z.strictObject({ role: SiteRole }).meta({ id: 'RoleInput' })

export const NewSuspension = z
  .strictObject({
    until: Timestamp.meta({ example: LATER }),
    reason: text(1, 500).optional().meta({ example: 'Spam in three rooms.' }),
  })
  .meta({ id: 'NewSuspension' })
export type NewSuspension = z.infer<typeof NewSuspension>

export const Suspension = z
  .strictObject({
    userId: Id,
    until: Timestamp,
    reason: z.string().nullable().meta({ example: 'Spam in three rooms.' }),
  })
  .meta({ id: 'Suspension' })
export type Suspension = z.infer<typeof Suspension>

/** What becomes of what a deleted account wrote. */
export const Erasure = z.enum(['keep', 'erase']).meta({
  description: '`keep`: it stays, by "deleted user"; `erase`: it goes too.',
})
export type Erasure = z.infer<typeof Erasure>

/** The author of a message, as the room knows them. */
export const Author = z
  .strictObject({
    id: Id,
    username: z.string().nullable().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    avatarUrl: AvatarUrl,
  })
  .meta({ id: 'Author' })
export type Author = z.infer<typeof Author>

export const DELETED_NAME = 'deleted user'
