const ORIENTATION = 0x0112
const EXIF = 'Exif\0\0'

/** The orientation in a block of EXIF (TIFF 6.0), 1 to 8; null when it tells none. */
export function exifOrientation(block: DataView): number | null {
  const skipped = startsWithExif(block) ? EXIF.length : 0
  const view = new DataView(block.buffer, block.byteOffset + skipped, block.byteLength - skipped)
  try {
    const little = view.getUint16(0) === 0x4949
    const directory = view.getUint32(4, little)
    const count = view.getUint16(directory, little)
    for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
      if (view.getUint16(entry, little) !== ORIENTATION) continue
      const value = view.getUint16(entry + 8, little)
      return value >= 1 && value <= 8 ? value : null
    }
  } catch {
    // It points outside itself.
  }
  return null
}

// Some programs keep the beginning that only JPEG asks for.
const startsWithExif = (view: DataView) =>
  view.byteLength >= EXIF.length &&
  [...EXIF].every((character, i) => view.getUint8(i) === character.charCodeAt(0))
