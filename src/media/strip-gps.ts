import type { Body } from './bucket'
import { Eraser } from './jpeg-gps'

/** A body without the place where it was taken: of JPEGs, whose EXIF has it. */
export function scrub({ head, rest }: Body, type: string): Body {
  if (type !== 'image/jpeg') return { head, rest }
  const eraser = new Eraser()
  const clean = eraser.pass(head)
  const cleaned = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const bytes = eraser.pass(chunk)
      if (bytes.length > 0) controller.enqueue(bytes)
    },
    flush: () => eraser.end(),
  })
  return { head: clean, rest: rest.pipeThrough(cleaned) }
}
