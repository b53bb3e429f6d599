import type { MediaKind } from '../schemas/media'

/** A format that is more than a plain file. */
export interface Format {
  kind: MediaKind
  type: string
  /** What a file without a picture is, in a container that may hold either. */
  soundType?: string
  /** Extensions of file names. A name with none of them gets the first. */
  extensions: readonly string[]
  /** Other media types that detection or clients use for it. */
  aliases?: readonly string[]
}

const formats: readonly Format[] = [
  {
    kind: 'image',
    type: 'image/jpeg',
    extensions: ['jpg', 'jpeg', 'jfif'],
    aliases: ['image/jpg'],
  },
  { kind: 'image', type: 'image/png', extensions: ['png', 'apng'], aliases: ['image/apng'] },
  { kind: 'image', type: 'image/gif', extensions: ['gif'] },
  { kind: 'image', type: 'image/webp', extensions: ['webp'] },
  { kind: 'image', type: 'image/avif', extensions: ['avif'] },
  { kind: 'image', type: 'image/heic', extensions: ['heic', 'heif'], aliases: ['image/heif'] },
  {
    kind: 'video',
    type: 'video/mp4',
    soundType: 'audio/mp4',
    extensions: ['mp4', 'm4v', '3gp', '3g2'],
    // 3GP is an MP4 of another brand.
    aliases: ['video/x-m4v', 'video/3gpp', 'video/3gpp2'],
  },
  { kind: 'video', type: 'video/quicktime', soundType: 'audio/mp4', extensions: ['mov', 'qt'] },
  { kind: 'video', type: 'video/webm', soundType: 'audio/webm', extensions: ['webm'] },
  { kind: 'audio', type: 'audio/webm', extensions: ['weba', 'webm'] },
  { kind: 'audio', type: 'audio/mpeg', extensions: ['mp3'], aliases: ['audio/mp3'] },
  {
    kind: 'audio',
    type: 'audio/mp4',
    // A MOV or 3GP of sound alone keeps its name.
    extensions: ['m4a', 'mp4', 'm4b', 'mov', '3gp', '3g2'],
    aliases: ['audio/x-m4a', 'audio/m4a', 'audio/3gpp', 'audio/3gpp2'],
  },
  { kind: 'audio', type: 'audio/ogg', extensions: ['ogg', 'opus', 'oga'], aliases: ['audio/opus'] },
  {
    kind: 'audio',
    type: 'audio/wav',
    extensions: ['wav'],
    aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  },
  { kind: 'audio', type: 'audio/flac', extensions: ['flac'], aliases: ['audio/x-flac'] },
  { kind: 'audio', type: 'audio/aac', extensions: ['aac'] },
  { kind: 'document', type: 'application/pdf', extensions: ['pdf'] },
]

/** The media type of a client that does not know the type. */
export const OCTET_STREAM = 'application/octet-stream'

const byType = new Map(
  formats.flatMap((format) =>
    [format.type, ...(format.aliases ?? [])].map((type) => [type, format] as const),
  ),
)

/** Finds the format of a media type; ignores its parameters and case. */
export const formatOf = (type: string): Format | undefined => byType.get(essenceOf(type))

/**
 * Whether a client may declare the one type for a file of the other. Browsers and phones go by the ending of a name: a JPEG
 * is called a PNG, an MP4 a MOV, and sound has the type of its container. Of types that stand for no known format, the first
 * word decides: a JPEG may be `image/pjpeg`, an Ogg `video/ogg`.
 */
export function isSameFamily(a: string, b: string): boolean {
  const [one, other] = [formatOf(a), formatOf(b)]
  if (one && other) return one.kind === other.kind || containerOf(one) === containerOf(other)
  if (!one && !other) return true
  const family = familyOf(a)
  return family !== undefined && family === familyOf(b)
}

const containerOf = ({ type, soundType = type }: Format): string => soundType

const families = new Map([
  ['image', 'picture'],
  ['video', 'recording'],
  ['audio', 'recording'],
])

const familyOf = (type: string): string | undefined =>
  families.get(essenceOf(type).split('/', 1)[0] as string)

/** The only kind that a file of this declared type can turn out to be; undefined when the type does not say enough. */
export function kindOf(type: string): MediaKind | undefined {
  const format = formatOf(type)
  if (format) return format.kind
  return essenceOf(type) === OCTET_STREAM || familyOf(type) ? undefined : 'file'
}

export const essenceOf = (type: string): string =>
  (type.split(';', 1)[0] as string).trim().toLowerCase()
