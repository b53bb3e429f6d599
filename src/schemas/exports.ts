import { z } from 'zod'
import { ExpiresIn, Timestamp } from './primitives'

/** An export of one's own data. */
export const PersonalExport = z
  .strictObject({
    state: z.enum(['running', 'ready']).meta({ id: 'ExportState', example: 'ready' }),
    requestedAt: Timestamp,
    readyAt: Timestamp.nullable(),
    expiresAt: Timestamp.nullable().meta({ description: 'When it is deleted, once it is ready.' }),
    expiresIn: ExpiresIn.nullable(),
    archives: z
      .array(
        z.string().meta({ example: '/v1/exports/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln' }),
      )
      .meta({
        description:
          'Where to download it until it expires: tar files, mostly one. Whoever has a link has the data, so pass none on.',
      }),
  })
  .meta({ id: 'PersonalExport' })
export type PersonalExport = z.infer<typeof PersonalExport>

export const ExportToken = z.strictObject({
  token: z.string().max(2048).meta({
    description: 'Of one of the `archives` of an export.',
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln',
  }),
})
