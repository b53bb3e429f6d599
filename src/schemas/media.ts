import { z } from 'zod'
import { page } from './pages'
import { ExpiresIn, Id, Seq, Timestamp } from './primitives'

export const MAX_ATTACHMENTS = 10

/** Longer than other ids, because it starts with the id of its room. */
export const MediaId = z.string().min(1).max(160).meta({
  id: 'MediaId',
  description: 'The id of an uploaded file. Treat it as opaque.',
  example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
})

export const MediaKind = z.enum(['image', 'video', 'audio', 'document', 'file']).meta({
  id: 'MediaKind',
  description:
    '`document` is a PDF. `file` is any other type; only rooms with `plainFiles` accept it, and browsers always download it.',
})
export type MediaKind = z.infer<typeof MediaKind>

/** A ThumbHash has 5 to 25 bytes. */
export const ThumbHash = z
  .string()
  .regex(/^[A-Za-z0-9_-]{7,34}$/)
  .meta({
    description:
      'A [ThumbHash](https://evanw.github.io/thumbhash/) in base64url: a blurred placeholder to show while the picture loads.',
    example: '3OcRJYB4d3h_iIeHeEh3eIhw-j2w',
  })

export const Media = z
  .strictObject({
    id: MediaId,
    kind: MediaKind,
    type: z.string().meta({
      description:
        'Media type, detected from the bytes. A container that holds only sound is audio.',
      example: 'image/jpeg',
    }),
    name: z.string().meta({ example: 'harbour.jpg' }),
    size: z.int().min(1).meta({ description: 'Size in bytes.', example: 348_112 }),
    width: z.int().nullable().meta({
      description:
        'Width in pixels. What a container cuts or turns (MP4, MOV, HEIC, AVIF) is applied, `orientation` is not: swap width and height if it is 5 or more.',
      example: 4032,
    }),
    height: z
      .int()
      .nullable()
      .meta({ description: 'Height in pixels, as `width`.', example: 3024 }),
    orientation: z.int().min(1).max(8).nullable().meta({
      description:
        'EXIF orientation of a JPEG, PNG or WebP; null when the file has none. Browsers apply it by themselves.',
      example: 6,
    }),
    duration: z.number().nullable().meta({
      description:
        'Length in seconds of a video or sound; null where the file does not say it, as in a live recording.',
      example: null,
    }),
    thumbHash: ThumbHash.nullable(),
    url: z.string().meta({
      description:
        'Where to download it. Send your access token, or append a media token as `?token=`.',
      example:
        '/v1/media/0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
    }),
    createdAt: Timestamp,
  })
  .meta({ id: 'Media' })
export type Media = z.infer<typeof Media>

/** Only these widths, because each one is made and cached separately. */
export const Width = z.enum(['96', '320', '640', '1280', '2048']).transform(Number).meta({
  description:
    'Scale a picture to at most this width and convert it to WebP. Of a picture that moves, and where scaling is not set up, you get the original.',
  example: '320',
})

export const NewMediaQuery = z.strictObject({
  thumbHash: ThumbHash.optional(),
})

export const GalleryItem = z
  .strictObject({ media: Media, messageSeq: Seq, authorId: Id })
  .meta({ id: 'GalleryItem' })
export type GalleryItem = z.infer<typeof GalleryItem>

export const Gallery = page(GalleryItem, 'Gallery')

export const MediaToken = z
  .strictObject({
    token: z.string().meta({
      example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln',
      description:
        'Append it as `?token=` to `GET /v1/media/{mediaId}` for media of this room. It acts in your name.',
    }),
    expiresAt: Timestamp.meta({ example: '2026-11-22T20:40:21.000Z' }),
    expiresIn: ExpiresIn,
  })
  .meta({ id: 'MediaToken' })
