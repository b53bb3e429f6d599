export const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const u16 = (value: number) => [value >> 8, value & 255]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 65_535)]
export const segment = (marker: number, content: Iterable<number>) => {
  const bytes = [...content]
  return [0xff, marker, ...u16(bytes.length + 2), ...bytes]
}

/** EXIF, big-endian: orientation 6 and a latitude whose three rationals stand at 80. */
const tiff = (gpsAt = 38) => [
  ...latin1('MM\0*'),
  ...u32(8),
  ...[...u16(2), ...u16(0x112), ...u16(3), ...u32(1), ...u16(6), ...u16(0)],
  ...[...u16(0x8825), ...u16(4), ...u32(1), ...u32(gpsAt)],
  ...u32(0),
  ...[...u16(2), ...u16(1), ...u16(2), ...u32(2), ...latin1('N\0\0\0')],
  ...[...u16(2), ...u16(5), ...u32(3), ...u32(80), ...u32(0)],
  ...Array.from({ length: 80 - 68 }, () => 0),
  ...latin1('LATITUDE-LATITUDE-LATITU'),
]

export const exif = (gpsAt?: number) => segment(0xe1, [...latin1('Exif\0\0'), ...tiff(gpsAt)])
export const xmp = segment(
  0xe1,
  latin1('http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="53,33N"/>'),
)
const frame = segment(0xc0, [8, ...u16(3), ...u16(4), 1, 1, 0x11, 0])
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), ...latin1('Exif LATITUDE'), 0xff, 0xd9]
export const jpeg = (...segments: number[][]) =>
  new Uint8Array([0xff, 0xd8, ...segments.flat(), ...frame, ...scan])

/** Bytes as one reads them. */
export const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)
