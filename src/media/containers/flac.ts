import { type ByteReader, textOf } from './byte-reader'
import { skipId3 } from './mp3'

/** The length of a FLAC in seconds, which its first block tells (RFC 9639). */
export async function readFlacLength(reader: ByteReader): Promise<number | null> {
  const start = await skipId3(reader)
  const view = await reader.view(start, 26)
  if (textOf(view, 0, 4) !== 'fLaC') return null
  // 20 bits of the rate, 8 of channels and depth, 36 of the number of samples.
  const rate = view.getUint32(18) >>> 12
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22)
  return samples / rate
}
