import type { Dialect, Received } from '../targets/dialect'

interface Link {
  bytes: Buffer
  received: Received
  next: Link | undefined
}

/**
 * Decodes every frame of one room's sockets. They mostly receive the same bytes in the same order, so
 * a frame that equals, byte by byte, what another socket received in its place is not parsed again.
 */
export class Frames {
  #newest: Link = {
    bytes: Buffer.alloc(0),
    received: { events: [], acknowledged: [] },
    next: undefined,
  }

  constructor(private readonly dialect: Dialect) {}

  /** A reader of one socket, which begins at the present. */
  reader(): (bytes: Buffer) => Received {
    let place = this.#newest
    return (bytes) => {
      if (place.next?.bytes.equals(bytes)) {
        place = place.next
        return place.received
      }
      const received = this.dialect.read(bytes.toString())
      if (received.events.length > 0 && place === this.#newest) {
        place.next = { bytes: Buffer.from(bytes), received, next: undefined }
        place = place.next
        this.#newest = place
      }
      return received
    }
  }
}
