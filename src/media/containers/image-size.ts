import { imageSize } from 'image-size'
import { ApiError } from '../../errors'

// A browser decodes a picture to four bytes a pixel.
const MAX_PIXELS = 100_000_000

export interface ImageSize {
  width: number | null
  height: number | null
  /** As EXIF tells it, 1 to 8. Width and height are before it. */
  orientation: number | null
}

export const UNKNOWN_SIZE: ImageSize = { width: null, height: null, orientation: null }

/** Reads width, height and EXIF orientation. Throws `too_large` for more than 100 million pixels. */
export function readImageSize(head: Uint8Array): ImageSize {
  const size = read(head)
  if (!size) return UNKNOWN_SIZE
  const { width, height, orientation = 0 } = size
  assertPixels(size)
  return { width, height, orientation: orientation >= 1 && orientation <= 8 ? orientation : null }
}

export function assertPixels({ width, height }: { width: number; height: number }): void {
  if (width * height > MAX_PIXELS) {
    throw new ApiError(
      'too_large',
      'This picture is too large. It can have at most 100 million pixels.',
    )
  }
}

function read(head: Uint8Array) {
  try {
    const size = imageSize(head)
    return size.width > 0 && size.height > 0 ? size : undefined
  } catch {
    return undefined
  }
}
