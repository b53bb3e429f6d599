import { z } from 'zod'
import { page } from './pages'
import { Timestamp } from './primitives'
import { Author } from './users'

export const RoomRole = z.enum(['owner', 'member']).meta({ id: 'RoomRole' })
export type RoomRole = z.infer<typeof RoomRole>

export const Capability = z
  .enum([
    'room.read',
    'room.edit',
    'room.delete',
    'message.post',
    'message.edit.own',
    'message.delete.own',
  ])
  .meta({ id: 'Capability' })
export type Capability = z.infer<typeof Capability>

/** A person of the room as events carry them; whether they are online travels as presence. */
export const SharedMember = z
  .strictObject({
    user: Author,
    role: RoomRole.nullable().meta({ description: 'null: not a member (any more).' }),
    joinedAt: Timestamp,
  })
  .meta({ id: 'SharedMember' })
export type SharedMember = z.infer<typeof SharedMember>

export const Member = z
  .strictObject({ user: Author, role: RoomRole, joinedAt: Timestamp, online: z.boolean() })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

export const Members = page(Member, 'Members')
