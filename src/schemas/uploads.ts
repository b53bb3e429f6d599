import { z } from 'zod'
import { ThumbHash } from './media'

const Count = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 })

// The values of other keys need not be valid base64 or UTF-8, so they are never decoded.
const KEYS = ['filename', 'filetype', 'thumbHash']

/** tus `Upload-Metadata`: comma-separated pairs of a key and UTF-8 in base64. Unknown keys are ignored. */
const Metadata = z
  .string()
  .max(4096)
  .regex(/^[ -~]*$/, 'must be ASCII')
  .transform((header, context): Record<string, unknown> => {
    try {
      const pairs = header.split(',').map((pair) => pair.trim().split(' '))
      const known = pairs.filter(([key = '']) => KEYS.includes(key))
      return Object.fromEntries(known.map(([key = '', value = '']) => [key, decode(value)]))
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'must be comma-separated pairs of a key and base64-encoded UTF-8',
      })
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      filename: z.string().max(1000).optional(),
      filetype: z.string().max(200).optional(),
      thumbHash: ThumbHash.optional(),
    }),
  )
  .meta({
    type: 'string',
    description:
      '`filename`, `filetype` and `thumbHash`, all optional, with values in base64. Without `filetype` the type is detected from the bytes. `HEAD` returns the header as you sent it.',
    example: 'filename aGFyYm91ci5qcGc=,filetype aW1hZ2UvanBlZw==',
  })

const decode = (base64: string) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  )

const version = z.literal('1.0.0').meta({ description: 'The tus version.' })

export const NewUploadHeaders = z.object({
  'tus-resumable': version,
  'upload-length': Count.meta({ description: 'Total size in bytes.', example: 348_112 }),
  'upload-metadata': Metadata.optional(),
})

export const UploadHeaders = z.object({ 'tus-resumable': version })

export const ChunkHeaders = z.object({
  'tus-resumable': version,
  'upload-offset': Count.meta({
    description: 'The current offset of the upload, where these bytes begin.',
    example: 0,
  }),
})
