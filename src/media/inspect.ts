import { rootOf } from '../errors'
import type { Media } from '../schemas/media'
import { type Bucket, objectSource } from './bucket'
import { type ByteSource, headSource } from './containers/byte-reader'
import { UNKNOWN_SIZE } from './containers/image-size'
import { readContainer } from './containers/read-container'
import { readPicture, readTurn } from './containers/read-picture'
import { detectType, HEAD_BYTES } from './detect-type'
import { safeFilename } from './filenames'
import { formatOf } from './formats'
import { assertSize } from './limits'
import { mediaKey } from './object-keys'

/** What the client says about the bytes it sends. */
export interface DeclaredMedia {
  type: string
  size: number
  name: string | undefined
  thumbHash: string | undefined
}

/** What the bytes and the client tell about media. */
export type MediaMetadata = Omit<Media, 'id' | 'url' | 'createdAt'>

/**
 * Detects type and dimensions from the first bytes, before a room accepts the media. Throws `unsupported_type`, `too_large`,
 * `invalid`.
 */
export async function inspectMedia(
  head: Uint8Array,
  declared: DeclaredMedia,
  env: Parameters<typeof assertSize>[0],
): Promise<MediaMetadata> {
  const { kind, type, format } = await detectType(head, declared.type)
  // Whatever is found in it later: sound in the container of a film may be as large as a film.
  assertSize(env, kind, declared.size)
  const { size, name, thumbHash = null } = declared
  const metadata = { kind, type, name: safeFilename(name, format), size, thumbHash }
  const source = headSource(head, size)
  const unknown = { ...UNKNOWN_SIZE, duration: null }
  if (kind === 'image')
    return { ...metadata, ...unknown, ...(await readPicture(source, head, type)) }
  return withTracks(source, { ...metadata, ...unknown })
}

/**
 * Completes the metadata of a stored object by what only its later bytes tell, such as a film whose header is at its end.
 * A small file has told everything already. What cannot be read changes nothing.
 */
export async function inspectStored(
  bucket: Bucket,
  id: string,
  metadata: MediaMetadata,
): Promise<MediaMetadata> {
  const { kind, type, size } = metadata
  if (size <= HEAD_BYTES) return metadata
  const key = mediaKey(id)
  const source = objectSource(bucket, key, size)
  try {
    if (kind === 'image') return { ...metadata, ...(await readTurn(source, type)) }
    return await withTracks(source, metadata)
  } catch (error) {
    console.error({ level: 'error', work: 'inspect', key, message: rootOf(error).message })
    return metadata
  }
}

/** Adds what a container tells of its tracks. Without a picture, what looked like a film is sound. */
async function withTracks(source: ByteSource, metadata: MediaMetadata): Promise<MediaMetadata> {
  const { kind, type, name } = metadata
  if (kind !== 'video' && kind !== 'audio') return metadata
  const { isSound, duration, width, height } = await readContainer(source, type)
  const soundType = formatOf(type)?.soundType
  const sound = isSound && soundType ? formatOf(soundType) : undefined
  if (sound)
    return {
      ...metadata,
      kind: sound.kind,
      type: sound.type,
      name: safeFilename(name, sound),
      duration,
    }
  // The picture in a sound file is its cover.
  return kind === 'audio' ? { ...metadata, duration } : { ...metadata, duration, width, height }
}
