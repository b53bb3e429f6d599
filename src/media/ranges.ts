/** The part of a file that a client asks for. */
export type ByteRange = 'all' | 'unsatisfiable' | { offset: number; length: number }

/**
 * Parses a `Range` header (RFC 9110, 14) for a file of `size` bytes. Several ranges, other units and
 * malformed headers give `all`, as the standard allows. Why by hand: docs/decisions/0010-byte-ranges-by-hand.md.
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
