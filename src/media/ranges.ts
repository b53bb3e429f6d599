/** What of an object of `size` bytes is asked for: all of it, a part, or one that it does not have. */
export type ByteRange = 'all' | 'unsatisfiable' | { offset: number; length: number }

/**
 * Reads a `Range` header (RFC 9110, 14). Several ranges, other units and what is malformed ask for all, as
 * the standard allows.
 */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!found || found[0] === 'bytes=-') return 'all'
  const [, first = '', last = ''] = found
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < offset) return 'all'
  return offset >= size ? 'unsatisfiable' : { offset, length: end - offset + 1 }
}
