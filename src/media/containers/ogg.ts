import { type ByteReader, textOf } from './byte-reader'

// No page is longer (RFC 3533), so the last one is in the last 64 KiB.
const MAX_PAGE = 65_307
const UNKNOWN = 2n ** 64n - 1n

/** The length of an Ogg file in seconds: its last page says how many samples have been played when it ends. */
export async function readOggLength(reader: ByteReader): Promise<number | null> {
  const first = await reader.upTo(0, 1024)
  if (textOf(first, 0, 4) !== 'OggS') return null
  const codec = readCodec(first, 27 + first.getUint8(26))
  if (!codec) return null
  const tail = await reader.upTo(Math.max(0, reader.size - MAX_PAGE), MAX_PAGE)
  const last = lastPage(tail)
  // Another stream that follows the first has a count of its own.
  if (!last || last.serial !== first.getUint32(14, true)) return null
  return (Number(last.samples) - codec.skipped) / codec.rate
}

/** Samples a second, and how many of them at the beginning are not played. */
function readCodec(view: DataView, at: number): { rate: number; skipped: number } | null {
  if (textOf(view, at, 8) === 'OpusHead')
    return { rate: 48_000, skipped: view.getUint16(at + 10, true) }
  if (textOf(view, at, 7) === '\x01vorbis')
    return { rate: view.getUint32(at + 12, true), skipped: 0 }
  if (textOf(view, at, 5) === '\x7fFLAC')
    return { rate: view.getUint32(at + 27) >>> 12, skipped: 0 }
  if (textOf(view, at, 8) === 'Speex   ') return { rate: view.getUint32(at + 36, true), skipped: 0 }
  return null
}

/** The last page on which a packet ends. */
function lastPage(view: DataView): { samples: bigint; serial: number } | null {
  for (let at = view.byteLength - 27; at >= 0; at -= 1) {
    // "OggS", then version 0 and at most three flags.
    if (view.getUint32(at) !== 0x4f676753 || view.getUint16(at + 4) > 7) continue
    const samples = view.getBigUint64(at + 6, true)
    if (samples !== UNKNOWN) return { samples, serial: view.getUint32(at + 14, true) }
  }
  return null
}
