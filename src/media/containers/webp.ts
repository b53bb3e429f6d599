import type { ByteReader } from './byte-reader'
import { exifOrientation } from './exif-orientation'
import { riffChunks } from './riff'

const [HAS_EXIF, IS_ANIMATED] = [0x08, 0x02]

/** The EXIF orientation of a WebP, which comes after its pixels. */
export async function readWebpOrientation(reader: ByteReader): Promise<number | null> {
  if (((await readFlags(reader)) & HAS_EXIF) === 0) return null
  for await (const { type, start, end } of riffChunks(reader))
    if (type === 'EXIF') return exifOrientation(await reader.upTo(start, end - start))
  return null
}

export const isAnimatedWebp = async (reader: ByteReader): Promise<boolean> =>
  ((await readFlags(reader)) & IS_ANIMATED) !== 0

/** Only an extended WebP has any. */
const readFlags = async (reader: ByteReader): Promise<number> =>
  (await reader.text(12, 4)) === 'VP8X' ? (await reader.view(20, 1)).getUint8(0) : 0
