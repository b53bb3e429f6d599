import type { SharedMessage } from '../../schemas/messages'

/** Between which seqs some messages are, where no others are between them, as on a page; null of any others. */
export function of(messages: readonly SharedMessage[]): { first: number; last: number } | null {
  const [a, b] = [messages[0], messages.at(-1)]
  // Messages are numbered without a gap.
  if (!a || !b || Math.abs(a.n - b.n) !== messages.length - 1) return null
  return { first: Math.min(a.seq, b.seq), last: Math.max(a.seq, b.seq) }
}
