import { ByteReader, type ByteSource } from './byte-reader'
import { readHeif } from './heif'
import { assertPixels, type ImageSize, readImageSize } from './image-size'
import { isAnimatedPng, readPngOrientation } from './png'
import { isAnimatedWebp, readWebpOrientation } from './webp'

/**
 * Reads how a picture is shown: what its container cuts and turns is in width and height, what its EXIF turns is
 * `orientation`. Throws `too_large` for more than 100 million pixels.
 */
export async function readPicture(
  source: ByteSource,
  head: Uint8Array,
  type: string,
): Promise<ImageSize> {
  return { ...readImageSize(head), ...(await readTurn(source, type)) }
}

/** What only the container tells, or its end; nothing where it is cut off or broken. */
export function readTurn(source: ByteSource, type: string): Promise<Partial<ImageSize>> {
  const reader = new ByteReader(source)
  const read = async () => {
    if (type === 'image/heic' || type === 'image/avif') {
      const size = await readHeif(reader)
      if (size) assertPixels(size)
      return size ? { ...size, orientation: null } : {}
    }
    if (type === 'image/png') return { orientation: await readPngOrientation(reader) }
    if (type === 'image/webp') return { orientation: await readWebpOrientation(reader) }
    return {}
  }
  return unlessBroken(read, {})
}

/** Whether a picture moves. */
export function isAnimated(source: ByteSource, type: string): Promise<boolean> {
  const reader = new ByteReader(source)
  const read = async () => {
    if (type === 'image/png') return isAnimatedPng(reader)
    if (type === 'image/webp') return isAnimatedWebp(reader)
    // The brand of a sequence of pictures.
    return type === 'image/avif' && (await reader.text(8, 4)) === 'avis'
  }
  return unlessBroken(read, false)
}

async function unlessBroken<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof RangeError) return otherwise
    throw error
  }
}
