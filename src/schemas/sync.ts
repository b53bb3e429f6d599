import { z } from 'zod'
import { EventPage, TooFarBehind } from './events'
import { Id, Seq } from './primitives'
import { SocketProblem } from './problems'

export const MAX_SYNCED_ROOMS = 50

export const NewSync = z
  .strictObject({
    rooms: z
      .record(Id, Seq)
      .refine((rooms) => Object.keys(rooms).length > 0, 'name at least one room')
      .refine(
        (rooms) => Object.keys(rooms).length <= MAX_SYNCED_ROOMS,
        `name at most ${MAX_SYNCED_ROOMS} rooms`,
      )
      .meta({
        description: 'Up to 50 room ids, and of each room the last seq that you have.',
        example: { '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12': 4711 },
      }),
  })
  .meta({ id: 'NewSync' })
export type NewSync = z.infer<typeof NewSync>

const Refused = z.strictObject({ problem: SocketProblem }).meta({
  id: 'RefusedSync',
  description: 'You can no longer read this room, or it could not be reached.',
})

const Deferred = z
  .strictObject({ deferred: z.literal(true) })
  .meta({ id: 'DeferredSync', description: 'The answer was full. Ask for this room again.' })

/** What happened in many rooms since each of the seqs that a client has. */
export const Synced = z
  .strictObject({
    rooms: z.record(Id, z.union([EventPage, TooFarBehind, Refused, Deferred])).meta({
      description: 'Of each room that you named, the events after your seq, or why there are none.',
      example: { '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12': { items: [], seq: 4711, more: false } },
    }),
  })
  .meta({ id: 'Synced' })
export type Synced = z.infer<typeof Synced>
