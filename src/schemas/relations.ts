import { z } from 'zod'
import { PageQuery } from './pages'

/** How the caller relates to a user. It never reveals whether that user blocks the caller. */
export const Relation = z
  .strictObject({
    friend: z.boolean().meta({ example: true }),
    request: z.enum(['none', 'in', 'out']).meta({
      id: 'RequestState',
      description: 'A pending friend request: `in` if they sent it, `out` if you did.',
    }),
    following: z.boolean(),
    followedBy: z.boolean(),
    blocked: z.boolean().meta({ description: 'Whether you block this user.', example: false }),
    canMessage: z.boolean().meta({
      description: 'Whether you may send this user direct messages now.',
    }),
  })
  .meta({
    id: 'Relation',
    description: 'How you relate to this user. Absent for yourself and for deleted accounts.',
  })
export type Relation = z.infer<typeof Relation>

export const RequestsQuery = PageQuery.extend({
  direction: z.enum(['in', 'out']).default('in').meta({
    description: '`in`: requests you received. `out`: requests you sent.',
  }),
})
