import type { ByteReader } from './byte-reader'
import { riffChunks } from './riff'

/** The length of a WAV in seconds. One that was streamed says a size that it does not have; then all to the end is sound. */
export async function readWavLength(reader: ByteReader): Promise<number | null> {
  let bytesPerSecond = 0
  for await (const { type, start, end } of riffChunks(reader)) {
    if (type === 'fmt ') bytesPerSecond = (await reader.view(start + 8, 4)).getUint32(0, true)
    if (type === 'data') return (end - start) / bytesPerSecond
  }
  return null
}
