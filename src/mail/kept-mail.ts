import type { Message } from './letter'

/** A message that a local run has sent. */
export interface KeptMessage extends Message {
  /** Milliseconds since the epoch. */
  sentAt: number
}

const MAX_KEPT = 100

// In the memory of the isolate. Wrangler keeps the same messages as files.
const kept: KeptMessage[] = []

/** Keeps a message, for the page of local mail. */
export function keep(message: Message, sentAt: number): void {
  kept.push({ ...message, sentAt })
  if (kept.length > MAX_KEPT) kept.shift()
}

/** The latest first. */
export const list = (): readonly KeptMessage[] => kept.toReversed()
