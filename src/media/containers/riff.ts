import { type ByteReader, textOf } from './byte-reader'

export interface Chunk {
  type: string
  /** Of the content. */
  start: number
  end: number
}

/** The chunks of a RIFF file, which WAV and WebP are. One that claims more than there is ends with the file. */
export async function* riffChunks(reader: ByteReader): AsyncGenerator<Chunk> {
  for (let at = 12; at + 8 <= reader.size; ) {
    const view = await reader.view(at, 8)
    const size = view.getUint32(4, true)
    yield { type: textOf(view, 0, 4), start: at + 8, end: Math.min(at + 8 + size, reader.size) }
    at += 8 + size + (size & 1)
  }
}
