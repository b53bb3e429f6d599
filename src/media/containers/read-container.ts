import { ByteReader, type ByteSource } from './byte-reader'
import { type ContainerFacts, NOTHING, plausible, soundOf } from './container-facts'
import { readFlacLength } from './flac'
import { readIsobmff } from './isobmff'
import { readMatroska } from './matroska'
import { readMp3Length } from './mp3'
import { readOggLength } from './ogg'
import { readWavLength } from './wav'

type Read = (reader: ByteReader) => Promise<ContainerFacts>

const sound =
  (readLength: (reader: ByteReader) => Promise<number | null>): Read =>
  async (reader) =>
    soundOf(await readLength(reader))

const readers: Record<string, Read> = {
  'video/mp4': readIsobmff,
  'video/quicktime': readIsobmff,
  'audio/mp4': readIsobmff,
  'video/webm': readMatroska,
  'audio/webm': readMatroska,
  'audio/mpeg': sound(readMp3Length),
  'audio/ogg': sound(readOggLength),
  'audio/wav': sound(readWavLength),
  'audio/flac': sound(readFlacLength),
}

/** Reads what a film or sound of this type tells. What is cut off or broken tells nothing. */
export async function readContainer(source: ByteSource, type: string): Promise<ContainerFacts> {
  try {
    return plausible((await readers[type]?.(new ByteReader(source))) ?? NOTHING)
  } catch (error) {
    if (error instanceof RangeError) return NOTHING
    throw error
  }
}
