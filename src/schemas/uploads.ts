import { z } from 'zod'
import { ThumbHash } from './media'

const Count = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 })

// Others may have any bytes.
const KNOWN = ['filename', 'filetype', 'thumbHash']

/** `Upload-Metadata` of tus: names and base64 of UTF-8, between commas. What is not known is passed over. */
const Metadata = z
  .string()
  .max(4096)
  .transform((header, context): Record<string, unknown> => {
    try {
      const pairs = header.split(',').map((pair) => pair.trim().split(' '))
      const known = pairs.filter(([key = '']) => KNOWN.includes(key))
      return Object.fromEntries(known.map(([key = '', value = '']) => [key, decode(value)]))
    } catch {
      context.addIssue({ code: 'custom', message: 'must be names and base64 of UTF-8' })
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      filename: z.string().max(1000).optional(),
      filetype: z.string().min(1).max(200).default('application/octet-stream'),
      thumbHash: ThumbHash.optional(),
    }),
  )
  .meta({
    type: 'string',
    description: '`filename`, `filetype` (left out: whatever the bytes are) and `thumbHash`.',
    example: 'filename aGFyYm91ci5qcGc=,filetype aW1hZ2UvanBlZw==',
  })

const decode = (base64: string) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  )

const version = z.literal('1.0.0').meta({ description: 'The version of tus.' })

export const NewUploadHeaders = z.object({
  'tus-resumable': version,
  'upload-length': Count.meta({ description: 'All bytes of the upload.', example: 348_112 }),
  'upload-metadata': Metadata,
})

export const UploadHeaders = z.object({ 'tus-resumable': version })

export const ChunkHeaders = z.object({
  'tus-resumable': version,
  'upload-offset': Count.meta({
    description: 'Where the bytes go: the offset that the upload is at.',
    example: 0,
  }),
})
