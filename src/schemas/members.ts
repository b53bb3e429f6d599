import { z } from 'zod'
import { Metadata, MetadataPatch } from './metadata'
import { PageQuery, page } from './pages'
import { Preferences, PreferencesPatch } from './preferences'
import { FutureTimestamp, Seq, Timestamp } from './primitives'
import { text } from './text'
import { Author } from './users'

export const RoomRole = z.enum(['owner', 'admin', 'moderator', 'member']).meta({ id: 'RoomRole' })
export type RoomRole = z.infer<typeof RoomRole>

export const Capability = z
  .enum([
    'room.read',
    'message.post',
    'message.attach',
    'message.edit.own',
    'message.delete.own',
    'message.delete.any',
    'message.pin',
    'message.react',
    'live.send',
    'mention.room',
    'member.add',
    'member.remove',
    'member.mute',
    'member.ban',
    'member.role',
    'invite.create',
    'allowlist.edit',
    'room.edit',
    'room.export',
    'room.delete',
    'room.freeze',
    'slow_mode.exempt',
    'audit.read',
  ])
  .meta({ id: 'Capability' })
export type Capability = z.infer<typeof Capability>

const fields = {
  user: Author,
  joinedAt: Timestamp,
  mutedUntil: Timestamp.nullable().meta({ example: null }),
  metadata: Metadata,
}

/** A member as events carry them. Presence frames tell who is online. */
export const SharedMember = z
  .strictObject({
    ...fields,
    role: RoomRole.nullable().meta({
      description: 'null when the user is not a member, or no longer.',
    }),
  })
  .meta({ id: 'SharedMember' })
export type SharedMember = z.infer<typeof SharedMember>

export const Member = z
  .strictObject({
    ...fields,
    role: RoomRole,
    online: z.boolean(),
    readSeq: Seq.nullable().meta({
      description:
        'The seq up to which this member has read. null unless the room has public receipts and at most 50 members.',
    }),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

export const MembersQuery = PageQuery.extend({
  search: text(1, 64).optional().meta({
    description:
      'Return members with a word in their display name or username that begins with this, ignoring case and accents. Of several words all must match. In a room of thousands a page may have fewer members than `limit`, or none, and a `nextCursor`.',
    example: 'lop',
  }),
})
export type MembersQuery = z.infer<typeof MembersQuery>

export const Members = page(Member, 'Members')

/** Shown in the audit log and to the member it concerns. */
export const Reason = text(1, 500).meta({
  description: 'The reason, for the audit log.',
  example: 'Spam, three times.',
})

export const MemberPatch = z
  .strictObject({
    role: RoomRole,
    mutedUntil: FutureTimestamp.nullable().meta({
      description: 'When the mute ends. null unmutes the member.',
    }),
    metadata: z.null().meta({
      description:
        'Clears what the member says of themselves in this room, which everyone there sees.',
    }),
    reason: Reason,
  })
  .partial()
  .meta({ id: 'MemberPatch', example: { role: 'moderator' } })
export type MemberPatch = z.infer<typeof MemberPatch>

/** What members change of their own membership: what only they see, and metadata, which everyone here sees. */
export const OwnMemberPatch = z
  .strictObject({ ...PreferencesPatch.shape, metadata: MetadataPatch })
  .refine((patch) => Object.keys(patch).length > 0, 'must name something to change')
  .meta({ id: 'OwnMemberPatch', minProperties: 1, example: { notify: 'mentions' } })
export type OwnMemberPatch = z.infer<typeof OwnMemberPatch>

export const OwnMember = z
  .strictObject({ ...Preferences.shape, metadata: Metadata })
  .meta({ id: 'OwnMember' })
export type OwnMember = z.infer<typeof OwnMember>

/** What lets a user join a closed room without being on its allowlist. */
export const JoinInput = z
  .strictObject({
    password: z.string().max(1024).meta({ example: 'low tide' }),
    invite: z.string().max(256).meta({ description: 'The code of an invite to this room.' }),
  })
  .partial()
  .meta({ id: 'JoinInput', example: {} })
export type JoinInput = z.infer<typeof JoinInput>
