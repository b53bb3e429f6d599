import { z } from 'zod'
import { AddPolicy, LastSeenPolicy, MessagePolicy } from './contact-policies'
import { Email, LinkToken } from './emails'
import { Metadata, MetadataPatch } from './metadata'
import { Cursor, Limit, page } from './pages'
import { AvatarUrl, FutureTimestamp, Id, PauseEnd, Timestamp } from './primitives'
import { Relation } from './relations'
import { isVisible, text } from './text'

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9_.]{3,32}$/)
  .toLowerCase()
  .meta({
    description: 'Unique, ignoring case. Stored in lower case.',
    example: 'ana.lopez',
  })

export const DisplayName = text(1, 64, { isName: true }).meta({
  description:
    'One line that can be seen. Of invisible characters it takes only what emoji are made with, and the joiners (U+200C, U+200D) of Persian, Arabic and Indic words.',
  example: 'Ana López',
})

// The maximum bounds the cost of hashing. NFC, because keyboards compose characters differently.
export const Password = text(8, 256).meta({ example: 'correct horse battery staple' })

export const SiteRole = z.enum(['user', 'moderator', 'admin']).meta({ id: 'SiteRole' })
export type SiteRole = z.infer<typeof SiteRole>

/** What anyone signed in may see of a user. A deleted account keeps only its id. */
export const User = z
  .strictObject({
    id: Id,
    username: z.string().nullable().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    avatarUrl: AvatarUrl,
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole.nullable(),
    createdAt: Timestamp.nullable(),
    metadata: Metadata,
    relation: Relation.optional(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** The caller's own account. Private fields appear nowhere else. */
export const Me = z
  .strictObject({
    id: Id,
    username: z.string().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    avatarUrl: AvatarUrl,
    bio: z.string().nullable().meta({ example: 'Tea, trains, type theory.' }),
    role: SiteRole,
    createdAt: Timestamp,
    metadata: Metadata.meta({
      description: 'Data of your app. Everyone who sees your profile sees it.',
    }),
    email: z.string().nullable().meta({ example: 'ana@example.com' }),
    emailVerified: z.boolean().meta({
      example: true,
      description:
        'Whether you have shown that you read the mail of the address. Only then it logs you in.',
    }),
    messagePolicy: MessagePolicy,
    addPolicy: AddPolicy,
    lastSeenPolicy: LastSeenPolicy,
    doNotDisturbUntil: Timestamp.nullable().meta({
      description: 'Until then nothing notifies you; everything counts on. null when it does.',
      example: null,
    }),
    guest: z.boolean().meta({
      example: false,
      description:
        'Whether you have no password yet. Choose `username` and `password` in `PATCH /v1/me` to stop being a guest.',
    }),
    suspendedUntil: Timestamp.nullable().meta({
      example: null,
      description:
        'Until then the account may only read, log out and delete itself. null when it is not suspended.',
    }),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const NewUser = z
  .strictObject({
    username: Username.optional().meta({
      description: 'If you omit it, a readable one is generated.',
    }),
    displayName: DisplayName.optional().meta({ description: 'Defaults to the username.' }),
    email: Email.optional(),
    password: Password.optional().meta({ description: 'Required, but of a guest.' }),
    guest: z.literal(true).optional().meta({
      description:
        'Makes a guest, who has no password: send nothing else but a `displayName`, or none to have one generated.',
    }),
  })
  .superRefine(({ guest, username, email, password }, { addIssue }) => {
    const refuse = (path: string, message: string) =>
      addIssue({ code: 'custom', path: [path], message })
    if (!guest && password === undefined) refuse('password', 'is required')
    if (guest && password !== undefined) refuse('password', 'is not for guests')
    if (guest && username !== undefined) refuse('username', 'is not for guests')
    if (guest && email !== undefined) refuse('email', 'is not for guests')
  })
  .meta({
    id: 'NewUser',
    example: { username: 'ana.lopez', password: 'correct horse battery staple' },
  })
export type NewUser = z.infer<typeof NewUser>

export const MePatch = z
  .strictObject({
    username: Username,
    displayName: DisplayName,
    bio: text(0, 500, { multiline: true })
      .refine((bio) => bio === '' || isVisible(bio), 'must not be blank')
      .nullable(),
    email: Email.nullable(),
    messagePolicy: MessagePolicy,
    addPolicy: AddPolicy,
    lastSeenPolicy: LastSeenPolicy,
    doNotDisturbUntil: PauseEnd.nullable().meta({ description: 'null ends it.' }),
    metadata: MetadataPatch,
    password: Password,
    currentPassword: z
      .string()
      .max(1024)
      .meta({ description: 'Required when you change `password`, but not of a guest.' }),
  })
  .partial()
  .meta({ id: 'MePatch', example: { displayName: 'Ana López', bio: 'Tea, trains, type theory.' } })
export type MePatch = z.infer<typeof MePatch>

/** Why staff do something to an account; the site audit has it. */
export const StaffReason = text(1, 500).meta({ example: 'Spam in three rooms.' })

export const UserPage = page(User, 'UserPage')

/** How many users one request names. */
export const MAX_USER_IDS = 100

export const UsersQuery = z
  .strictObject({
    search: text(1, 64).optional().meta({
      description:
        'Return users whose username, or display name from any of its words on, starts with this. Case and accents do not matter.',
      example: 'ana',
    }),
    ids: z
      .string()
      .regex(/^[^,]{1,64}(,[^,]{1,64}){0,99}$/)
      .optional()
      .meta({
        description:
          'Instead of `search`: up to 100 ids, separated by commas. The users come in one page, in no certain order; ids of nobody are left out.',
      }),
    limit: Limit,
    cursor: Cursor.optional(),
  })
  .refine(({ search, ids }) => (search === undefined) !== (ids === undefined), {
    message: 'use either search or ids',
  })
export type UsersQuery = z.infer<typeof UsersQuery>

export const RoleInput = z
  .strictObject({ role: SiteRole, reason: StaffReason.optional() })
  .meta({ id: 'RoleInput', example: { role: 'moderator' } })

export const NewSuspension = z
  .strictObject({
    until: FutureTimestamp,
    reason: StaffReason.optional(),
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

export const PasswordReset = z
  .strictObject({ token: LinkToken, password: Password })
  .meta({ id: 'PasswordReset' })

/** What happens to the messages of a deleted account. */
export const Erasure = z.enum(['keep', 'erase']).meta({
  description:
    '`keep`: your messages stay, shown as by "deleted user". `erase`: they are deleted too.',
})
export type Erasure = z.infer<typeof Erasure>

export const Deletion = z.strictObject({
  messages: Erasure.default('keep'),
  now: z.enum(['true', 'false']).default('false').meta({
    description: '`true`: for good, at once, instead of in 14 days. There is no way back then.',
  }),
})

/** A user as rooms show them: the author of a message, a member, a moderator. */
export const Author = z
  .strictObject({
    id: Id,
    username: z.string().nullable().meta({ example: 'ana.lopez' }),
    displayName: z.string().meta({ example: 'Ana López' }),
    avatarUrl: AvatarUrl,
  })
  .meta({ id: 'Author' })
export type Author = z.infer<typeof Author>

/** How an account that is gone is shown. */
export const goneName = ({ isGuest }: { isGuest: boolean }): string =>
  isGuest ? 'guest' : 'deleted user'
