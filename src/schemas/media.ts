import { z } from 'zod'
import { page } from './pages'
import { Id, Seq, Timestamp } from './primitives'

export const MAX_ATTACHMENTS = 10

/** A media id contains its room's id, so it is longer than others. */
export const MediaId = z.string().min(1).max(160).meta({
  id: 'MediaId',
  description: 'An opaque id; it leads to the room that has the media.',
  example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
})

export const MediaKind = z.enum(['image', 'video', 'audio', 'document', 'file']).meta({
  id: 'MediaKind',
  description:
    '`document`: PDF; `file`: anything else, in rooms with `plainFiles`, only ever offered as a download.',
})
export type MediaKind = z.infer<typeof MediaKind>

/** base64url of the 5 to 25 bytes that a ThumbHash has. */
export const ThumbHash = z
  .string()
  .regex(/^[A-Za-z0-9_-]{7,34}$/)
  .meta({
    description: 'base64url of a ThumbHash: what to show until the bytes are here.',
    example: '3OcRJYB4d3h_iIeHeEh3eIhw-j2w',
  })

export const Media = z
  .strictObject({
    id: MediaId,
    kind: MediaKind,
    type: z.string().meta({ description: 'Found from the bytes.', example: 'image/jpeg' }),
    name: z.string().meta({ example: 'harbour.jpg' }),
    size: z.int().min(1).meta({ description: 'Bytes.', example: 348_112 }),
    width: z
      .int()
      .nullable()
      .meta({ description: 'As stored, before orientation.', example: 4032 }),
    height: z.int().nullable().meta({ example: 3024 }),
    orientation: z.int().min(1).max(8).nullable().meta({
      description: "EXIF's, where the file has one.",
      example: 6,
    }),
    duration: z.number().nullable().meta({ description: 'Seconds.', example: 12.48 }),
    thumbHash: ThumbHash.nullable(),
    url: z.string().meta({
      description: 'Where the bytes are, for a bearer or with a media token as `?token=`.',
      example:
        '/v1/media/0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12.0199d2f7-1111-7aaa-8bbb-2a6b4c8d0e12',
    }),
    createdAt: Timestamp,
  })
  .meta({ id: 'Media' })
export type Media = z.infer<typeof Media>

/** Few, because each is made and kept by itself. */
export const Width = z.enum(['96', '320', '640', '1280', '2048']).transform(Number).meta({
  description:
    'Of a picture: as WebP and no wider than this, where the operator has set that up; otherwise as it is.',
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
      description: 'For `?token=` of `GET /v1/media/{mediaId}` of this room, in your name.',
    }),
    expiresAt: Timestamp,
  })
  .meta({ id: 'MediaToken' })
