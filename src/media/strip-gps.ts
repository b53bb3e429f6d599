import type { PeekedBody } from './bucket'
import { JpegGpsEraser } from './jpeg-gps'

/** Erases the GPS position from a JPEG; passes other types through unchanged. */
export function stripGps({ head, rest }: PeekedBody, type: string): PeekedBody {
  if (type !== 'image/jpeg') return { head, rest }
  const eraser = new JpegGpsEraser()
  const stripped = eraser.push(head)
  const eraseRest = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const bytes = eraser.push(chunk)
      if (bytes.length > 0) controller.enqueue(bytes)
    },
    flush: () => eraser.end(),
  })
  return { head: stripped, rest: rest.pipeThrough(eraseRest) }
}
