import type { PeekedBody } from './bucket'
import { JpegGpsEraser } from './jpeg-gps'

/** A body without the place where it was taken: of JPEGs, whose EXIF has it. */
export function stripGps({ head, rest }: PeekedBody, type: string): PeekedBody {
  if (type !== 'image/jpeg') return { head, rest }
  const eraser = new JpegGpsEraser()
  const clean = eraser.push(head)
  const cleaned = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const bytes = eraser.push(chunk)
      if (bytes.length > 0) controller.enqueue(bytes)
    },
    flush: () => eraser.end(),
  })
  return { head: clean, rest: rest.pipeThrough(cleaned) }
}
