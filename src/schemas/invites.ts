import { z } from 'zod'
import { page } from './pages'
import { AvatarUrl, ExpiresIn, FutureTimestamp, Id, LATER, Timestamp } from './primitives'
import { RoomAccess } from './rooms'
import { Author } from './users'

export const NewInvite = z
  .strictObject({
    expiresAt: FutureTimestamp.nullable().meta({
      description: 'When the invite expires. If you omit it or send null, it never does.',
    }),
    maxUses: z.int().min(1).max(10_000).nullable().meta({
      description: 'How many users may join with it. If you omit it or send null, any number.',
      example: 25,
    }),
  })
  .partial()
  .meta({ id: 'NewInvite', example: { expiresAt: LATER, maxUses: 25 } })
export type NewInvite = z.infer<typeof NewInvite>

const fields = {
  id: Id,
  by: Author,
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable().meta({ example: '2026-11-29T20:35:21.000Z' }),
  expiresIn: ExpiresIn.nullable().meta({ example: 604_800 }),
  maxUses: z.int().nullable().meta({ example: 25 }),
  uses: z.int().min(0).meta({ example: 3 }),
  usedBy: z.array(Author).meta({ description: 'The latest 20 users who joined with it.' }),
}

export const Invite = z.strictObject(fields).meta({ id: 'Invite' })
export type Invite = z.infer<typeof Invite>

export const Invites = page(Invite, 'Invites')

export const CreatedInvite = z
  .strictObject({
    ...fields,
    code: z.string().meta({
      description: 'The secret to share. It is shown only once; the room stores a hash of it.',
      example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.mPZ0mX9b1H2o3kq4Jt5uVw',
    }),
  })
  .meta({ id: 'CreatedInvite' })
export type CreatedInvite = z.infer<typeof CreatedInvite>

const InvitedRoom = z
  .strictObject({
    id: Id,
    name: z.string().nullable().meta({ example: 'Harbour crew' }),
    topic: z.string().nullable().meta({ example: 'Tides, boats, coffee' }),
    avatarUrl: AvatarUrl,
    access: RoomAccess,
    memberCount: z.int().meta({ example: 12 }),
  })
  .meta({ id: 'InvitedRoom' })

/** What the holder of an invite sees of the room before joining. */
export const InvitePreview = z
  .strictObject({
    room: InvitedRoom,
    by: Author,
    expiresAt: Timestamp.nullable().meta({ example: '2026-11-29T20:35:21.000Z' }),
    expiresIn: ExpiresIn.nullable().meta({ example: 604_800 }),
  })
  .meta({ id: 'InvitePreview' })
export type InvitePreview = z.infer<typeof InvitePreview>
