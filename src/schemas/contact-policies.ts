import { z } from 'zod'

/** Who may open a direct room with a user and write in it. */
export const MessagePolicy = z
  .enum(['everyone', 'friends', 'mutuals', 'connections', 'nobody'])
  .meta({
    id: 'MessagePolicy',
    description:
      'Who may message you: `mutuals` are those who follow you and whom you follow, `connections` are friends and mutuals. At first `connections`.',
  })
export type MessagePolicy = z.infer<typeof MessagePolicy>

/** Who may put a user into a group. */
export const AddPolicy = z.enum(['everyone', 'connections', 'nobody']).meta({
  id: 'AddPolicy',
  description:
    'Who may add you to groups. At first `connections`: a group of two would otherwise be a way around `messagePolicy`.',
})
export type AddPolicy = z.infer<typeof AddPolicy>
