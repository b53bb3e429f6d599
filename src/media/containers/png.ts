import { type ByteReader, textOf } from './byte-reader'
import { exifOrientation } from './exif-orientation'

/** The EXIF orientation of a PNG, whose eXIf chunk is in front of the pixels or near the end. */
export async function readPngOrientation(reader: ByteReader): Promise<number | null> {
  for await (const { type, start, length } of pngHeader(reader))
    if (type === 'eXIf') return exifOrientation(await reader.upTo(start, length))
  const tail = await reader.upTo(Math.max(0, reader.size - TAIL_BYTES), TAIL_BYTES)
  for (let at = tail.byteLength - 8; at >= 4; at -= 1) {
    if (tail.getUint32(at) !== EXIF_TYPE) continue
    const length = tail.getUint32(at - 4)
    if (at + 4 + length <= tail.byteLength)
      return exifOrientation(new DataView(tail.buffer, tail.byteOffset + at + 4, length))
  }
  return null
}

/** Whether a PNG moves, which its acTL chunk says in front of the pixels. */
export async function isAnimatedPng(reader: ByteReader): Promise<boolean> {
  for await (const { type } of pngHeader(reader)) if (type === 'acTL') return true
  return false
}

const TAIL_BYTES = 64 * 1024
const EXIF_TYPE = 0x65584966

/** The chunks in front of the pixels. */
async function* pngHeader(reader: ByteReader) {
  for (let at = 8; at + 8 <= reader.size; ) {
    const view = await reader.view(at, 8)
    const length = view.getUint32(0)
    const type = textOf(view, 4, 4)
    if (type === 'IDAT') return
    yield { type, start: at + 8, length }
    at += 12 + length
  }
}
