import { z } from 'zod'

const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

export const RoomExportQuery = z.strictObject({
  asOf: seq.optional().meta({
    description:
      'The seq up to which it goes; the present one if you omit it, and the first line says which.',
    example: 4711,
  }),
  after: seq.default(0).meta({
    description: 'Goes on behind this seq: that of the last line of an answer that broke off.',
    example: 0,
  }),
})
