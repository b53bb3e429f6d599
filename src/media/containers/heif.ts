import type { ByteReader } from './byte-reader'
import { type Box, boxes, find } from './isobmff'

interface Size {
  width: number
  height: number
}

/**
 * The size that a HEIC or AVIF is shown with (ISO/IEC 23008-12): of the primary item, after its crop (`clap`) and rotation
 * (`irot`). The first size in the file may be that of a tile or a thumbnail. null when the file does not say it.
 */
export async function readHeif(reader: ByteReader): Promise<Size | null> {
  const meta = await find(reader, { start: 0, end: reader.size }, 'meta')
  if (!meta) return null
  const inside = { start: meta.start + 4, end: meta.end }
  const pitm = await find(reader, inside, 'pitm')
  const iprp = await find(reader, inside, 'iprp')
  const ipco = iprp && (await find(reader, iprp, 'ipco'))
  const ipma = iprp && (await find(reader, iprp, 'ipma'))
  if (!pitm || !ipco || !ipma) return null
  const properties: Box[] = []
  for await (const box of boxes(reader, ipco)) properties.push(box)
  let size: Size | null = null
  for (const index of await propertiesOf(reader, ipma, await readPrimaryItem(reader, pitm))) {
    const property = properties[index - 1]
    if (property) size = await apply(reader, property, size)
  }
  return size && size.width > 0 && size.height > 0 ? size : null
}

async function readPrimaryItem(reader: ByteReader, { start }: Box): Promise<number> {
  const view = await reader.view(start, 6)
  return view.getUint8(0) === 0 ? view.getUint16(4) : (await reader.view(start, 8)).getUint32(4)
}

/** Numbers of the properties of an item, in the order in which they apply. */
async function propertiesOf(reader: ByteReader, { start, end }: Box, item: number) {
  const view = await reader.view(start, end - start)
  const hasLongIds = view.getUint8(0) > 0
  const isWide = (view.getUint8(3) & 1) === 1
  let at = 8
  for (let left = view.getUint32(4); left > 0; left -= 1) {
    const id = hasLongIds ? view.getUint32(at) : view.getUint16(at)
    at += hasLongIds ? 4 : 2
    const count = view.getUint8(at)
    at += 1
    const from = at
    // The highest bit says whether the property is essential.
    const number = (i: number) =>
      isWide ? view.getUint16(from + 2 * i) & 0x7fff : view.getUint8(from + i) & 0x7f
    if (id === item) return Array.from({ length: count }, (_, i) => number(i))
    at += isWide ? 2 * count : count
  }
  return []
}

async function apply(
  reader: ByteReader,
  { type, start }: Box,
  size: Size | null,
): Promise<Size | null> {
  if (type === 'ispe') {
    const view = await reader.view(start + 4, 8)
    return { width: view.getUint32(0), height: view.getUint32(4) }
  }
  if (!size) return null
  if (type === 'clap') {
    const view = await reader.view(start, 16)
    const part = (at: number, whole: number) => {
      const length = Math.round(view.getUint32(at) / view.getUint32(at + 4))
      return length > 0 && length <= whole ? length : whole
    }
    return { width: part(0, size.width), height: part(8, size.height) }
  }
  if (type === 'irot' && ((await reader.view(start, 1)).getUint8(0) & 1) === 1)
    return { width: size.height, height: size.width }
  return size
}
