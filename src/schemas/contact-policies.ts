import { z } from 'zod'

/** Who may start a direct room with a user and write in it. */
export const MessagePolicy = z
  .enum(['everyone', 'friends', 'mutuals', 'connections', 'nobody'])
  .meta({
    id: 'MessagePolicy',
    description:
      'Who may send you direct messages. `mutuals`: users you follow who also follow you. `connections`: friends and mutuals. Defaults to `connections`.',
  })
export type MessagePolicy = z.infer<typeof MessagePolicy>

/** Who may add a user to a room. */
export const AddPolicy = z.enum(['everyone', 'connections', 'nobody']).meta({
  id: 'AddPolicy',
  description:
    'Who may add you to rooms. Defaults to `connections`, so that nobody can use a room of two to get around `messagePolicy`.',
})
export type AddPolicy = z.infer<typeof AddPolicy>

/** Who may know when a user was last online. */
export const LastSeenPolicy = z.enum(['everyone', 'connections', 'nobody']).meta({
  id: 'LastSeenPolicy',
  description:
    'Who of those you may exchange direct messages with sees when you were last online. `connections`: friends and mutuals. Defaults to `connections`.',
})
export type LastSeenPolicy = z.infer<typeof LastSeenPolicy>
