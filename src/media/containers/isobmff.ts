import { type ByteReader, textOf } from './byte-reader'
import { type ContainerFacts, NOTHING } from './container-facts'

export interface Box {
  type: string
  /** Offset of the first byte after the box header. */
  start: number
  end: number
}

interface Track {
  handler: string | undefined
  width: number
  height: number
}

/** Reads the `moov` box of MP4 and MOV (ISO/IEC 14496-12), wherever in the file it is. */
export async function readIsobmff(reader: ByteReader): Promise<ContainerFacts> {
  const moov = await find(reader, { start: 0, end: reader.size }, 'moov')
  if (!moov) return NOTHING
  const tracks: Track[] = []
  let duration: number | null = null
  let isFragmented = false
  let fragmentDuration = 0
  let timescale = 0
  for await (const box of boxes(reader, moov)) {
    if (box.type === 'mvhd') {
      ;({ duration, timescale } = await readMovieHeader(reader, box))
    } else if (box.type === 'mvex') {
      isFragmented = true
      fragmentDuration = await readFragmentDuration(reader, box)
    } else if (box.type === 'trak') {
      tracks.push(await readTrack(reader, box))
    }
  }
  // Without a handler, only a film has a width.
  const isFilm = ({ handler, width }: Track) => (handler ? handler === 'vide' : width > 0)
  const film = tracks.filter(isFilm).sort((a, b) => Number(b.width > 0) - Number(a.width > 0))[0]
  const hasSound = tracks.some(({ handler }) => handler === 'soun')
  const isSound = film ? false : hasSound || null
  // The movie header of a fragmented file counts only what is outside the fragments.
  if (isFragmented) duration = fragmentDuration / timescale
  return { duration, width: film?.width ?? null, height: film?.height ?? null, isSound }
}

/** The boxes between two offsets. A box that claims more than its parent has ends with its parent. */
export async function* boxes(
  reader: ByteReader,
  { start, end }: Pick<Box, 'start' | 'end'>,
): AsyncGenerator<Box> {
  for (let at = start; at + 8 <= end; ) {
    const view = await reader.view(at, 8)
    const short = view.getUint32(0)
    const header = short === 1 ? 16 : 8
    let size = short
    if (short === 1) size = Number((await reader.view(at + 8, 8)).getBigUint64(0))
    if (short === 0) size = end - at
    if (size < header) return
    const next = Math.min(at + size, end)
    yield { type: textOf(view, 4, 4), start: at + header, end: next }
    at = next
  }
}

export async function find(
  reader: ByteReader,
  parent: Pick<Box, 'start' | 'end'>,
  type: string,
): Promise<Box | undefined> {
  for await (const box of boxes(reader, parent)) if (box.type === type) return box
  return undefined
}

async function readMovieHeader(reader: ByteReader, { start }: Box) {
  const isLong = (await reader.view(start, 1)).getUint8(0) === 1
  const view = await reader.view(start + (isLong ? 20 : 12), isLong ? 12 : 8)
  const timescale = view.getUint32(0)
  const units = isLong ? view.getBigUint64(4) : BigInt(view.getUint32(4))
  // All ones say that nobody knows.
  const unknown = isLong ? 2n ** 64n - 1n : 2n ** 32n - 1n
  return { timescale, duration: units === unknown ? null : Number(units) / timescale }
}

/** The length of all fragments together, in units of the movie; 0 where the file does not say it. */
async function readFragmentDuration(reader: ByteReader, mvex: Box): Promise<number> {
  const mehd = await find(reader, mvex, 'mehd')
  if (!mehd) return 0
  const view = await reader.view(mehd.start, mehd.end - mehd.start)
  return view.getUint8(0) === 1 ? Number(view.getBigUint64(4)) : view.getUint32(4)
}

async function readTrack(reader: ByteReader, trak: Box): Promise<Track> {
  let handler: string | undefined
  let [width, height, isOnItsSide] = [0, 0, false]
  let coded: CodedSize | undefined
  for await (const box of boxes(reader, trak)) {
    if (box.type === 'tkhd') [width, height, isOnItsSide] = await readTrackHeader(reader, box)
    if (box.type !== 'mdia') continue
    const hdlr = await find(reader, box, 'hdlr')
    if (hdlr) handler = await reader.text(hdlr.start + 8, 4)
    if (handler === 'vide') coded = await readCodedSize(reader, box)
  }
  // The header of the track has the size that is shown. Some programs write none there, or that of the pixels.
  if (coded && width === 0) [width, height] = [coded.width, coded.height]
  if (coded && width === coded.width && height === coded.height)
    width = Math.round(width * coded.pixelRatio)
  return isOnItsSide ? { handler, width: height, height: width } : { handler, width, height }
}

/**
 * `tkhd` ends with a matrix of nine numbers, then width and height in 16.16 fixed point, which are 0 for sound. The matrix
 * turns the picture: (x, y) is shown at (a·x + c·y, b·x + d·y).
 */
async function readTrackHeader(
  reader: ByteReader,
  { end }: Box,
): Promise<[width: number, height: number, isOnItsSide: boolean]> {
  const view = await reader.view(end - 44, 44)
  const [a, b] = [view.getInt32(0), view.getInt32(4)]
  return [view.getUint16(36), view.getUint16(40), Math.abs(b) > Math.abs(a)]
}

interface CodedSize {
  width: number
  height: number
  /** How much wider than high a pixel is. */
  pixelRatio: number
}

/** What the description of a film's samples says. */
async function readCodedSize(reader: ByteReader, mdia: Box): Promise<CodedSize | undefined> {
  const minf = await find(reader, mdia, 'minf')
  const stbl = minf && (await find(reader, minf, 'stbl'))
  const stsd = stbl && (await find(reader, stbl, 'stsd'))
  if (!stsd) return undefined
  for await (const { start, end } of boxes(reader, { start: stsd.start + 8, end: stsd.end })) {
    const view = await reader.view(start + 24, 4)
    const pasp = await find(reader, { start: start + 78, end }, 'pasp')
    const ratio = pasp && (await reader.view(pasp.start, 8))
    const pixelRatio = ratio ? ratio.getUint32(0) / ratio.getUint32(4) : 1
    const isRatio = pixelRatio > 0 && Number.isFinite(pixelRatio)
    return {
      width: view.getUint16(0),
      height: view.getUint16(2),
      pixelRatio: isRatio ? pixelRatio : 1,
    }
  }
  return undefined
}
