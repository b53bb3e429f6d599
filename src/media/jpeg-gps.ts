import { ApiError } from '../errors'

const [SOI, APP1, SOS, EOI] = [0xd8, 0xe1, 0xda, 0xd9]
const GPS = 0x8825
// Bytes per value, by TIFF's number of the field type (from 1).
const SIZE_OF = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/'

/**
 * Erases the GPS position from the EXIF and XMP of a JPEG stream. It overwrites the bytes, so the length
 * stays the same. It buffers at most one segment (64 KB) and one chunk.
 * Why by hand: docs/decisions/0009-gps-removal-by-hand.md.
 */
export class JpegGpsEraser {
  #pending = new Uint8Array()
  /** True once the header has ended; only image data follows. */
  isPastHeader = false

  /** Takes the next chunk and returns the bytes that are ready. Overwrites them in place. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.isPastHeader) return chunk
    const bytes = this.#pending.length === 0 ? chunk : join(this.#pending, chunk)
    let at = 0
    for (;;) {
      const length = this.#lengthOf(bytes, at)
      if (length === null || at + length > bytes.length) break
      if (bytes[at + 1] === APP1) erase(bytes.subarray(at + 4, at + length))
      at += length
    }
    if (this.isPastHeader) at = bytes.length
    this.#pending = bytes.slice(at)
    return bytes.subarray(0, at)
  }

  /** Call after the last chunk. Throws `invalid` when the header is incomplete, because it was never checked. */
  end(): void {
    if (!this.isPastHeader)
      throw new ApiError('invalid', 'This picture is incomplete: its header is cut off.')
  }

  /** Length of the segment that starts here; null when more bytes are needed or the header has ended. */
  #lengthOf(bytes: Uint8Array, at: number): number | null {
    if (at + 2 > bytes.length) return null
    const marker = bytes[at + 1]
    // Any number of 0xff fill bytes may precede a marker.
    if (bytes[at] === 0xff && marker === 0xff) return 1
    if (bytes[at] === 0xff && marker === SOI) return 2
    this.isPastHeader = bytes[at] !== 0xff || marker === SOS || marker === EOI
    if (this.isPastHeader || at + 4 > bytes.length) return null
    return 2 + ((bytes[at + 2] as number) << 8) + (bytes[at + 3] as number)
  }
}

/** Erases the position in one APP1 segment, or the whole segment when its EXIF cannot be parsed. */
function erase(segment: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(segment)
  if (text.startsWith(XMP) && text.includes('GPS')) segment.fill(0x20, text.indexOf('\0') + 1)
  if (!text.startsWith(EXIF)) return
  try {
    eraseGps(segment.subarray(EXIF.length))
  } catch {
    segment.fill(0, EXIF.length)
  }
}

/** TIFF 6.0 and EXIF 2.3, 4.6: a directory is a count followed by 12-byte entries. Throws `RangeError`. */
function eraseGps(tiff: Uint8Array): void {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  const little = view.getUint16(0) === 0x4949
  const u16 = (at: number) => view.getUint16(at, little)
  const u32 = (at: number) => view.getUint32(at, little)
  const entries = (directory: number) =>
    Array.from({ length: u16(directory) }, (_, index) => directory + 2 + index * 12)
  for (const entry of entries(u32(4))) {
    if (u16(entry) !== GPS) continue
    const gps = u32(entry + 8)
    for (const field of entries(gps)) {
      const length = (SIZE_OF[u16(field + 2)] ?? 8) * u32(field + 4)
      if (length > 4) blank(tiff, u32(field + 8), length)
      blank(tiff, field, 12)
    }
    blank(tiff, gps, 2)
  }
}

function blank(bytes: Uint8Array, at: number, length: number): void {
  if (at + length > bytes.length)
    throw new RangeError('This offset is past the end of the segment.')
  bytes.fill(0, at, at + length)
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
