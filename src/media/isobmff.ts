import type { VideoMetadata } from './video-metadata'

interface Box {
  type: string
  /** Offset of the first byte after the box header. */
  start: number
  end: number
}

/** Reads the `moov` box of MP4 and MOV (ISO/IEC 14496-12); null when it is not in these bytes. */
export function readIsobmff(view: DataView): VideoMetadata | null {
  const moov = find(boxes(view, 0, view.byteLength), 'moov')
  if (!moov) return null
  const inside = [...boxes(view, moov.start, Math.min(moov.end, view.byteLength))]
  const mvhd = find(inside, 'mvhd')
  if (!mvhd) return null
  const isLong = view.getUint8(mvhd.start) === 1
  const timescale = view.getUint32(mvhd.start + (isLong ? 20 : 12))
  const units = isLong
    ? Number(view.getBigUint64(mvhd.start + 24))
    : view.getUint32(mvhd.start + 16)
  const size = inside
    .filter(({ type }) => type === 'trak')
    .flatMap((trak) => find(boxes(view, trak.start, trak.end), 'tkhd') ?? [])
    .filter(({ end }) => end <= view.byteLength)
    // `tkhd` ends with width and height in 16.16 fixed point; both are 0 in an audio track.
    .map(({ end }) => ({ width: view.getUint16(end - 8), height: view.getUint16(end - 4) }))
    .find(({ width }) => width > 0)
  const duration = timescale > 0 ? units / timescale : null
  return { duration, width: size?.width ?? null, height: size?.height ?? null }
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= Math.min(to, view.byteLength); ) {
    const short = view.getUint32(at)
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)))
    const size =
      short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? view.byteLength - at : short
    if (size < 8) return
    yield { type, start: at + (short === 1 ? 16 : 8), end: at + size }
    at += size
  }
}

const find = (list: Iterable<Box>, wanted: string) => [...list].find(({ type }) => type === wanted)
