const FIRST_BYTES = 64 * 1024

/** Bytes that are gathered. Its memory follows what is in it, so a client that promises much holds little. */
export class GrowingBuffer {
  #buffer = new Uint8Array()
  #length = 0

  constructor(private readonly maxBytes: number) {}

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length)
  }

  push(bytes: Uint8Array): void {
    this.#reserve(this.#length + bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Makes room in front of what is there, and returns it to be filled. */
  unshift(length: number): Uint8Array {
    this.#reserve(this.#length + length)
    this.#buffer.copyWithin(length, 0, this.#length)
    this.#length += length
    return this.#buffer.subarray(0, length)
  }

  /** Keeps its memory for what comes next. */
  clear(): void {
    this.#length = 0
  }

  #reserve(length: number): void {
    let size = Math.max(this.#buffer.length, FIRST_BYTES)
    while (size < length) size *= 2
    size = Math.min(size, this.maxBytes)
    // Moves the memory instead of leaving the old to the garbage collector, which comes too late.
    if (size > this.#buffer.length)
      this.#buffer = new Uint8Array(this.#buffer.buffer.transfer(size))
  }
}
