import { z } from 'zod'

/** A name for a room that is unique in the service. It needs no escape in a path. */
export const RoomKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, {
    message: 'must be 1 to 128 of A-Z a-z 0-9 . _ : - and begin with a letter or a digit',
  })
  .meta({ description: 'The name of the room.', example: 'order:4711' })

export const ByKey = z.strictObject({ key: RoomKey })
