import { z } from 'zod'
import { PageQuery } from './pages'

/** What the one who reads a user is to them. Nothing in it tells whether one is blocked. */
export const Relation = z
  .strictObject({
    friend: z.boolean(),
    request: z.enum(['none', 'in', 'out']).meta({
      description: 'A pending friend request: `in` came from the user, `out` went to them.',
    }),
    following: z.boolean(),
    followedBy: z.boolean(),
    blocked: z.boolean().meta({ description: 'Whether you block the user.' }),
    canMessage: z.boolean().meta({
      description: 'Whether `POST /v1/direct/{userId}` and writing there would be allowed now.',
    }),
  })
  .meta({
    id: 'Relation',
    description: 'What you are to the user; left out for yourself and for deleted accounts.',
  })
export type Relation = z.infer<typeof Relation>

export const RequestsQuery = PageQuery.extend({
  direction: z.enum(['in', 'out']).default('in').meta({
    description: '`in`: those that wait for you; `out`: those you sent.',
  }),
})
