import type { Event, Reaction, SharedReaction } from '../protocol'

type ReactionEvent = Extract<Event, { type: 'reaction.added' | 'reaction.removed' }>

/** What everyone is sent says nothing of the reader, so `me` stays what it was. */
export function keepingMine(shared: SharedReaction[], before: Reaction[] = []): Reaction[] {
  const mine = new Set(before.filter(({ me }) => me).map(({ emoji }) => emoji))
  return shared.map((reaction) => ({ ...reaction, me: mine.has(reaction.emoji) }))
}

export function afterEvent(event: ReactionEvent, before: Reaction[], userId?: string): Reaction[] {
  const kept = keepingMine(event.reactions, before)
  if (event.userId !== userId) return kept
  const me = event.type === 'reaction.added'
  return kept.map((one) => (one.emoji === event.emoji ? { ...one, me } : one))
}
